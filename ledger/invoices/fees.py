"""Fees of an invoice: what a provider has kept of its payments, their refunds and disputes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.invoices.invoice_base import InvoiceBase, InvoiceFact
from ledger.kernel.errors import Conflict
from ledger.purchases.booking import Booking


class PaymentFeeRecorded(InvoiceFact):
    """The provider has kept a fee, as its book says."""

    TOPIC: ClassVar[str] = "invoices.PaymentFeeRecorded"
    user: str
    provider: str
    booking: Booking

    def apply(self, aggregate: InvoiceBase) -> None:
        aggregate.becomes(fees=[*aggregate.invoice.fees, self.booking.movement])

    def person(self, subject: str) -> str:
        return self.user


def record_fee(invoice: InvoiceBase, provider: str, booking: Booking, at: datetime) -> None:
    """Record a fee of what was paid, each movement once."""
    state = invoice.invoice
    if not state.payments:
        raise Conflict("nothing of the invoice is paid: nothing is kept of it.", field="id")
    if booking.movement not in state.fees:
        invoice.trigger_event(
            PaymentFeeRecorded,
            timestamp=at,
            user=state.draft.user,
            provider=provider,
            booking=booking,
        )
