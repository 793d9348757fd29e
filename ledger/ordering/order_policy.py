"""The order policy of one org: when the money of its orders is taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.ordering.capture import Capture

ORDER_POLICY_STREAM = "order-policy"
ORDER_POLICIES = "order_policies"


class OrderPolicy(LedgerAggregate):
    """The policy of one org."""

    TOPIC: ClassVar[str] = "ordering.OrderPolicy"
    STREAM: ClassVar[str] = ORDER_POLICY_STREAM

    def __init__(self) -> None:
        self.capture = Capture.NOW

    class Event(LedgerAggregate.Event):
        """Base of an order policy's facts."""

    class OrderPolicyOpened(Event, FirstFact):
        """An org begins to decide."""

        TOPIC: ClassVar[str] = "ordering.OrderPolicyOpened"

    class OrderPolicySet(Event):
        """It is so for what is ordered from now on."""

        TOPIC: ClassVar[str] = "ordering.OrderPolicySet"
        fingerprint: str
        capture: Capture

        def apply(self, aggregate: OrderPolicy) -> None:
            aggregate.capture = self.capture

    @classmethod
    def open(cls, org: str, at: datetime) -> OrderPolicy:
        """Begin an org's policy."""
        return cls._create(cls.OrderPolicyOpened, id=order_policy_id(org), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        return [TableRow(ORDER_POLICIES, {"org": org, "capture": str(self.capture)})]

    def set(self, capture: Capture, at: datetime, *, fingerprint: str) -> None:
        """Decide it so."""
        self.trigger_event(
            self.OrderPolicySet, timestamp=at, fingerprint=fingerprint, capture=capture
        )


def order_policy_id(org: str) -> str:
    """Return the stream of an org's order policy."""
    return stream_id(org, ORDER_POLICY_STREAM)
