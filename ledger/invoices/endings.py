"""The ending of an invoice that is not paid: void, or written off."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.invoices.bill import Bill
from ledger.invoices.invoice_base import InvoiceBase, InvoiceFact, Status
from ledger.kernel.aggregate import Reasoned
from ledger.kernel.errors import Conflict


class InvoiceVoided(Reasoned, InvoiceFact):
    """It was a mistake: nothing is owed by it. Its number stays its own. `bill`: what it said; None
    of a draft."""

    TOPIC: ClassVar[str] = "invoices.InvoiceVoided"
    fingerprint: str
    user: str
    currency: str
    bill: Bill | None = None
    reason: str | None = None

    def apply(self, aggregate: InvoiceBase) -> None:
        aggregate.becomes(status=Status.VOID, ended_us=self.recorded_us)

    def person(self, subject: str) -> str:
        return self.user


class InvoiceWrittenOff(Reasoned, InvoiceFact):
    """Nobody expects the rest of it to be paid."""

    TOPIC: ClassVar[str] = "invoices.InvoiceWrittenOff"
    fingerprint: str
    user: str
    currency: str
    amount: int
    reason: str | None = None

    def apply(self, aggregate: InvoiceBase) -> None:
        aggregate.becomes(status=Status.UNCOLLECTIBLE, ended_us=self.recorded_us)

    def person(self, subject: str) -> str:
        return self.user


def void(
    invoice: InvoiceBase, at: datetime, *, fingerprint: str = "", reason: str | None = None
) -> None:
    """Make an invoice void of which nothing was paid or taken back. Raises Conflict."""
    state = invoice.invoice
    if state.status not in (Status.DRAFT, Status.OPEN):
        raise Conflict(f"the invoice is {state.status}: it cannot be made void.", field="id")
    if not state.is_untouched:
        raise Conflict(
            "a part of the invoice is paid or taken back: write a credit note.", field="id"
        )
    invoice.trigger_event(
        InvoiceVoided,
        timestamp=at,
        fingerprint=fingerprint,
        user=state.draft.user,
        currency=state.draft.currency,
        bill=state.issued.bill if state.issued else None,
        reason=reason,
    )


def write_off(
    invoice: InvoiceBase, at: datetime, *, fingerprint: str = "", reason: str | None = None
) -> None:
    """Expect the rest of an open invoice no more; it may still be paid. Raises Conflict."""
    state = invoice.invoice
    if state.status is not Status.OPEN:
        raise Conflict(f"the invoice is {state.status}: nothing is written off.", field="id")
    invoice.trigger_event(
        InvoiceWrittenOff,
        timestamp=at,
        fingerprint=fingerprint,
        user=state.draft.user,
        currency=state.draft.currency,
        amount=state.left,
        reason=reason,
    )
