"""Payments of an invoice: in parts or whole; it is paid when nothing is left."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.invoices.invoice_base import InvoiceBase, InvoiceFact, Payment, Status
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import CREDIT_NOTES_MAX
from ledger.kernel.money import format_amount
from ledger.kernel.times import microseconds


class PaymentApplied(InvoiceFact):
    """Money came for it, of which `left` is still missing. `was_written_off`: nobody thought it
    would."""

    TOPIC: ClassVar[str] = "invoices.PaymentApplied"
    fingerprint: str
    user: str
    currency: str
    payment: Payment
    left: int
    was_written_off: bool = False

    def apply(self, aggregate: InvoiceBase) -> None:
        aggregate.becomes(payments=[*aggregate.invoice.payments, self.payment])

    def person(self, subject: str) -> str:
        return self.user


class InvoicePaid(InvoiceFact):
    """Nothing is left to pay: it was paid, or taken back."""

    TOPIC: ClassVar[str] = "invoices.InvoicePaid"
    user: str
    currency: str
    paid: int
    credited: int

    def apply(self, aggregate: InvoiceBase) -> None:
        aggregate.becomes(status=Status.PAID, ended_us=self.recorded_us)

    def person(self, subject: str) -> str:
        return self.user


def apply_payment(
    invoice: InvoiceBase, payment: Payment, at: datetime, *, fingerprint: str = ""
) -> None:
    """Record money that came, at most what is left. `settle` then says whether it is paid."""
    state = invoice.invoice
    if state.status not in (Status.OPEN, Status.UNCOLLECTIBLE):
        raise Conflict(f"the invoice is {state.status}: nothing is paid of it.", field="id")
    if not 0 < payment.amount <= state.left:
        limit = format_amount(state.left, state.draft.currency)
        raise Invalid(
            f"amount must be more than zero, at most the {limit} {state.draft.currency} that are "
            "left.",
            field="amount",
        )
    if len(state.payments) >= CREDIT_NOTES_MAX and payment.amount < state.left:
        raise Conflict("the invoice has so many payments that the next must be all.", field="id")
    check_payment(payment, at)
    invoice.trigger_event(
        PaymentApplied,
        timestamp=at,
        fingerprint=fingerprint,
        user=state.draft.user,
        currency=state.draft.currency,
        payment=payment,
        left=state.left - payment.amount,
        was_written_off=state.status is Status.UNCOLLECTIBLE,
    )


def settle(invoice: InvoiceBase, at: datetime) -> bool:
    """Record that an invoice is paid when nothing is left; tell whether it is so now."""
    state = invoice.invoice
    if state.status not in (Status.OPEN, Status.UNCOLLECTIBLE) or state.left:
        return False
    invoice.trigger_event(
        InvoicePaid,
        timestamp=at,
        user=state.draft.user,
        currency=state.draft.currency,
        paid=state.paid,
        credited=state.credited,
    )
    return True


def check_payment(payment: Payment, at: datetime, within: str = "") -> None:
    """Raise Invalid where what is said of a payment is none, or is of the future."""
    for name, text in (("reference", payment.reference), ("brand", payment.brand)):
        if text is not None:
            check_text(text, f"{within}{name}")
    last4 = payment.last4
    if last4 is not None and not (len(last4) == 4 and last4.isascii() and last4.isdigit()):
        raise Invalid(f"{within}last4 must be four digits.", field=f"{within}last4")
    if payment.paid_us is not None and payment.paid_us > microseconds(at):
        raise Invalid(f"{within}paid_at must not be later than now.", field=f"{within}paid_at")
