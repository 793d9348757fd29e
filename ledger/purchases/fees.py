"""Fees of a purchase: what its provider has kept of its payment, its refunds and its disputes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.kernel.errors import Conflict
from ledger.purchases.booking import Booking
from ledger.purchases.purchase_base import PurchaseBase, PurchaseFact


class ProcessingFeeRecorded(PurchaseFact):
    """The provider has kept a fee, as its book says."""

    TOPIC: ClassVar[str] = "purchases.ProcessingFeeRecorded"
    provider: str
    booking: Booking

    def apply(self, aggregate: PurchaseBase) -> None:
        aggregate.fees = {**aggregate.fees, self.booking.movement: self.booking.money}


def record_fee(purchase: PurchaseBase, booking: Booking, at: datetime) -> None:
    """Record a fee of what was paid, each movement once."""
    if not purchase.is_paid:
        raise Conflict(f"the purchase is {purchase.status}: nothing is kept of it.", field="id")
    if booking.movement not in purchase.fees:
        purchase.trigger_event(
            ProcessingFeeRecorded, timestamp=at, provider=purchase.provider, booking=booking
        )
