"""The money moves of invoices: what a provider was paid for one, to be compared with its book."""

from __future__ import annotations

from ledger.invoices.invoice_base import Method
from ledger.invoices.payments import PaymentApplied
from ledger.invoices.postings import BAD_DEBT, INVOICED
from ledger.purchases.money_moves import MoneyMove, Moved, moved_by, processor_of
from ledger.purchases.notice import Money
from ledger.purchases.purchase_base import STRIPE


@moved_by.register
def _paid(fact: PaymentApplied) -> Moved | None:
    """Return it with the legs that the invoice books."""
    payment = fact.payment
    if payment.method is not Method.STRIPE or payment.reference is None:
        return None
    return Moved(
        MoneyMove.PAYMENT,
        payment.reference,
        STRIPE,
        Money(payment.amount, fact.currency),
        processor_of(STRIPE),
        BAD_DEBT if fact.was_written_off else INVOICED,
        payment.paid_us,
    )
