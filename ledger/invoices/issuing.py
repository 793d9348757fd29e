"""The issuing of an invoice: drafted, changed, then issued, from when on it never changes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.invoices.bill import Bill, check_bill
from ledger.invoices.invoice_base import InvoiceBase, InvoiceFact, Issued, Status
from ledger.invoices.item import Draft, check_draft
from ledger.invoices.payer import Payer
from ledger.invoices.settings import InvoiceSettings, Seller
from ledger.kernel.aggregate import FirstFact
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.limits import AMOUNT_MAX, NET_DAYS_MAX
from ledger.kernel.times import DAY_US, check_time, microseconds


class InvoiceDrafted(InvoiceFact, FirstFact):
    """There is something to bill."""

    TOPIC: ClassVar[str] = "invoices.InvoiceDrafted"
    fingerprint: str
    draft: Draft

    def person(self, subject: str) -> str:
        return self.draft.user


class DraftChanged(InvoiceFact):
    """It is to be billed so instead."""

    TOPIC: ClassVar[str] = "invoices.DraftChanged"
    fingerprint: str
    draft: Draft

    def apply(self, aggregate: InvoiceBase) -> None:
        aggregate.becomes(draft=self.draft)

    def person(self, subject: str) -> str:
        return self.draft.user


class InvoiceIssued(InvoiceFact):
    """It has a number, and says this for ever. `due_us`: until when it is to be paid."""

    TOPIC: ClassVar[str] = "invoices.InvoiceIssued"
    fingerprint: str
    user: str
    currency: str
    number: str
    due_us: int
    bill: Bill
    seller: Seller
    payer: Payer
    language: str
    settings_version: int

    def apply(self, aggregate: InvoiceBase) -> None:
        aggregate.becomes(status=Status.OPEN, issued=self.issued)

    @property
    def issued(self) -> Issued:
        """What it says."""
        return Issued(
            number=self.number,
            issued_us=self.recorded_us,
            due_us=self.due_us,
            bill=self.bill,
            seller=self.seller,
            payer=self.payer,
            language=self.language,
            settings_version=self.settings_version,
        )

    def person(self, subject: str) -> str:
        return self.user


def change(invoice: InvoiceBase, draft: Draft, at: datetime, *, fingerprint: str) -> None:
    """Have a draft say something else. Raises Invalid, and Conflict once it is issued."""
    check_is_draft(invoice)
    check_draft(draft, NET_DAYS_MAX)
    invoice.trigger_event(DraftChanged, timestamp=at, fingerprint=fingerprint, draft=draft)


def issue(
    invoice: InvoiceBase,
    bill: Bill,
    number: str,
    settings: InvoiceSettings,
    settings_version: int,
    payer: Payer,
    at: datetime,
    *,
    fingerprint: str = "",
) -> None:
    """Issue a draft as the bill that it comes to, under a number of the org's book. Raises Invalid
    where the sums are not those of the lines."""
    check_is_draft(invoice)
    check_bill(bill)
    draft = invoice.invoice.draft
    net_days = settings.net_days if draft.net_days is None else draft.net_days
    invoice.trigger_event(
        InvoiceIssued,
        timestamp=at,
        fingerprint=fingerprint,
        user=draft.user,
        currency=draft.currency,
        number=number,
        due_us=check_time(microseconds(at) + net_days * DAY_US, "net_days"),
        bill=bill,
        seller=settings.seller,
        payer=payer,
        language=payer.language or settings.language,
        settings_version=settings_version,
    )


def check_size(bill: Bill) -> None:
    """Raise Invalid where a bill is more than the ledger can hold."""
    if bill.total > AMOUNT_MAX or bill.subtotal > AMOUNT_MAX:
        raise Invalid("the total is more than an invoice can hold.", field="items")


def check_is_draft(invoice: InvoiceBase) -> None:
    """Raise Conflict where an invoice is no draft any more."""
    if invoice.status is not Status.DRAFT:
        raise Conflict(
            f"the invoice is {invoice.status}: only a draft can be changed or issued.", field="id"
        )
