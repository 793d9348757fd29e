"""The redemption: what one order has of one promotion, until it is released."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import stream_id
from ledger.promotions.redeeming import Redeemed

REDEMPTION_STREAM = "redemption"


class Redemption(LedgerAggregate):
    """One order's use of one promotion: a stream for each, so that no other grows with them."""

    TOPIC: ClassVar[str] = "promotions.Redemption"
    STREAM: ClassVar[str] = f"{REDEMPTION_STREAM}/"

    def __init__(self) -> None:
        self.redeemed: Redeemed | None = None

    class Event(LedgerAggregate.Event):
        """Base of a redemption's facts."""

    class RedemptionOpened(Event, FirstFact):
        """An order asks for a promotion for the first time."""

        TOPIC: ClassVar[str] = "promotions.RedemptionOpened"

    class OrderRedeemed(Event):
        """The order has the promotion."""

        TOPIC: ClassVar[str] = "promotions.OrderRedeemed"
        redeemed: Redeemed

        def apply(self, aggregate: Redemption) -> None:
            aggregate.redeemed = self.redeemed

        def person(self, subject: str) -> str:
            return self.redeemed.user or subject

    class OrderReleased(Event):
        """The order has it no more."""

        TOPIC: ClassVar[str] = "promotions.OrderReleased"

        def apply(self, aggregate: Redemption) -> None:
            aggregate.redeemed = None

    @classmethod
    def open(cls, org: str, promotion: str, order: str, at: datetime) -> Redemption:
        """Begin with an order's use of a promotion."""
        name = redemption_id(org, promotion, order)
        return cls._create(cls.RedemptionOpened, id=name, timestamp=at)

    def redeem(self, redeemed: Redeemed, at: datetime) -> None:
        """Record that the order has the promotion. Raises Conflict."""
        check_not_redeemed(self)
        self.trigger_event(self.OrderRedeemed, timestamp=at, redeemed=redeemed)

    def release(self, at: datetime) -> Redeemed:
        """Record that the order has it no more; return what it had. Raises NotFound."""
        redeemed = self.redeemed
        if redeemed is None:
            raise NotFound(
                "the order has not redeemed the promotion, or released it.", field="order"
            )
        self.trigger_event(self.OrderReleased, timestamp=at)
        return redeemed


def check_not_redeemed(found: Redemption | None) -> None:
    """Raise Conflict where an order has a promotion already."""
    if found is not None and found.redeemed is not None:
        raise Conflict("the order has redeemed the promotion: release it first.", field="order")


def redemption_id(org: str, promotion: str, order: str) -> str:
    """Return the stream of an order's use of a promotion."""
    return stream_id(org, REDEMPTION_STREAM, promotion, order)
