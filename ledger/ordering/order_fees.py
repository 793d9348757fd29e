"""The fees of an order: what its provider has kept of its payments, their refunds and disputes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.kernel.errors import Conflict
from ledger.ordering.order_base import OrderBase, OrderFact
from ledger.purchases.booking import Booking


class OrderFeeRecorded(OrderFact):
    """The provider has kept a fee, as its book says."""

    TOPIC: ClassVar[str] = "ordering.OrderFeeRecorded"
    provider: str
    booking: Booking

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.fees = aggregate.fees | {self.booking.movement}


def record_fee(order: OrderBase, provider: str, booking: Booking, at: datetime) -> None:
    """Record a fee of money that came for it, taken or not, each movement once."""
    if not order.captured:
        raise Conflict("no money came for the order: nothing is kept of it.", field="id")
    if booking.movement not in order.fees:
        order.trigger_event(OrderFeeRecorded, timestamp=at, provider=provider, booking=booking)
