"""The settlement: what one order has spent of one stored value, and what has come back of that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.money import format_amount
from ledger.kernel.rows import TableRow
from ledger.stored_value.value_source import ValueSource, source_at

SETTLEMENT_STREAM = "settlement"
SETTLEMENTS = "stored_value_settlements"


class Settlement(LedgerAggregate):
    """An order's use of a source: a stream for each, so that no balance grows with them."""

    TOPIC: ClassVar[str] = "stored_value.Settlement"
    STREAM: ClassVar[str] = f"{SETTLEMENT_STREAM}/"

    def __init__(self) -> None:
        self.currency = ""
        self.settled = 0
        self.given_back = 0

    class Event(LedgerAggregate.Event):
        """Base of a settlement's facts."""

        currency: str
        amount: int

        @property
        def order(self) -> str:
            """The order."""
            return name_of(self.originator_id).partition("/")[0]

        @property
        def path(self) -> str:
            """What it is paid from, as that is called in its org."""
            return name_of(self.originator_id).partition("/")[2]

        def check_stream(self) -> None:
            source_at(self.path)

    class OrderSettled(Event, FirstFact):
        """The order has spent some of the source."""

        TOPIC: ClassVar[str] = "stored_value.OrderSettled"

        def apply(self, aggregate: Settlement) -> None:
            aggregate.currency, aggregate.settled = self.currency, self.amount

    class OrderGivenBack(Event):
        """Some of that has come back."""

        TOPIC: ClassVar[str] = "stored_value.OrderGivenBack"

        def apply(self, aggregate: Settlement) -> None:
            aggregate.given_back += self.amount

    @property
    def left(self) -> int:
        """What may still come back."""
        return self.settled - self.given_back

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        order, _, path = name_of(self.id).partition("/")
        columns = {
            "org": org,
            "order_id": order,
            "source": path,
            "currency": self.currency,
            "settled": self.settled,
            "given_back": self.given_back,
        }
        return [TableRow(SETTLEMENTS, columns)]

    @classmethod
    def settle(
        cls, org: str, source: ValueSource, order: str, amount: int, currency: str, at: datetime
    ) -> Settlement:
        """Record that an order has spent some of a source."""
        name = settlement_id(org, source, order)
        return cls._create(
            cls.OrderSettled, id=name, timestamp=at, currency=currency, amount=amount
        )

    def check_give_back(self, amount: int) -> None:
        """Raise Conflict where more would come back than was spent."""
        if amount > self.left:
            raise Conflict(
                f"{format_amount(self.left, self.currency)} {self.currency} of what the order has "
                "spent can come back.",
                field="amount",
            )

    def give_back(self, amount: int, at: datetime) -> None:
        """Record that some has come back, as `check_give_back` says it can."""
        self.trigger_event(self.OrderGivenBack, timestamp=at, currency=self.currency, amount=amount)


def settlement_id(org: str, source: ValueSource, order: str) -> str:
    """Return the stream of an order's use of a source; the source is last, as it holds slashes."""
    return stream_id(org, SETTLEMENT_STREAM, order, source.path)
