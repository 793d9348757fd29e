"""The issuing of invoices, inside a unit of work of any context, and `IssueInvoice`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import msgspec

from api.commands.command import KeyedCommand
from api.commands.invoices.lookup import (
    find_invoice,
    numbers_of,
    payer_of,
    settings_of,
    tax_rates_of,
)
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.invoices.bill import Bill, bill_of, check_bill
from ledger.invoices.invoice import Invoice, invoice_id
from ledger.invoices.invoice_base import Payment
from ledger.invoices.issuing import check_is_draft, check_size
from ledger.invoices.item import Draft
from ledger.invoices.payer import Payer
from ledger.invoices.preview import tax_of
from ledger.invoices.settings import InvoiceSettings, Series
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Conflict


def issue_invoice(
    unit: UnitOfWork,
    org: str,
    invoice: str,
    draft: Draft,
    actor: Actor,
    *,
    payment: Payment | None = None,
) -> Invoice:
    """Draft and issue an invoice with the rest of what a command does: one commit, or nothing.

    `invoice`: an id that is new in the org; one that names what it is for (a subscription and its
    period) makes a second invoice for the same impossible. `draft` says whose it is, the currency,
    items and discounts: taxes, sums, the number, the header and the day it is due follow from the
    org's settings and rates and from what is known of the payer. `payment`: money that is there
    already, all of what the invoice comes to where its amount is zero. An invoice over zero is paid
    as it is issued.

    Returns the invoice as it is then: its `invoice.issued` has the number and the bill. Records
    facts of the number book and of the invoice; the caller records its own. Raises Invalid and
    Conflict: whoever must not be refused checks with `can_issue` first, and gives what `preview`
    (`ledger/invoices/preview.py`) has shown to come to zero or more.
    """
    at = unit.now(org)
    if unit.get(Invoice, invoice_id(org, invoice)) is not None:
        raise Conflict("there is an invoice of that id.", field="id")
    begun = Invoice.begin(org, invoice, draft, at)
    issue_draft(unit, org, begun, actor)
    if payment is not None and begun.invoice.left:
        amount = payment.amount or begun.invoice.left
        begun.apply_payment(msgspec.structs.replace(payment, amount=amount), at)
    begun.settle(at)
    if begun.pending_events:
        unit.record(begun, actor)
    return begun


def can_issue(unit: UnitOfWork, org: str) -> bool:
    """Tell whether an org has said who it is on its invoices: without that it issues none."""
    found = settings_of(unit, org)
    return found is not None and found.settings is not None


def has_receipts(unit: UnitOfWork, org: str) -> bool:
    """Tell whether an org has an invoice of what is paid at once."""
    found = settings_of(unit, org)
    return found is not None and found.settings is not None and found.settings.has_receipts


def issue_draft(
    unit: UnitOfWork,
    org: str,
    invoice: Invoice,
    actor: Actor,
    *,
    key: str = "",
    fingerprint: str = "",
) -> PendingFact:
    """Issue a draft under the next number; return its fact. The number is taken when nothing can
    refuse any more."""
    check_is_draft(invoice)
    settings, draft = _settings(unit, org).settings, invoice.invoice.draft
    payer = payer_of(unit, org, draft.user, settings.seller)
    taxes = tax_of(tax_rates_of(unit, org), payer.place, settings.seller.country, unit.now(org))
    bill = bill_of(draft, taxes, settings.rounding)
    check_bill(bill)
    check_size(bill)
    return issue_bill(unit, org, invoice, bill, payer, actor, key=key, fingerprint=fingerprint)


def issue_bill(
    unit: UnitOfWork,
    org: str,
    invoice: Invoice,
    bill: Bill,
    payer: Payer,
    actor: Actor,
    *,
    key: str = "",
    fingerprint: str = "",
) -> PendingFact:
    """Issue a draft as a bill, to a payer, under the next number; return its fact."""
    decided, at = _settings(unit, org), unit.now(org)
    settings, numbers = decided.settings, numbers_of(unit, org, Series.INVOICES)
    invoice.issue(
        bill,
        numbers.next(settings.invoices, at),
        settings,
        decided.version,
        payer,
        at,
        fingerprint=fingerprint,
    )
    numbers.take(settings.invoices, invoice.id_in_org, at)
    unit.record(numbers, actor)
    return unit.record(invoice, actor, key)


class _Decided(NamedTuple):
    """The settings of an org, and which version they are."""

    version: int
    settings: InvoiceSettings


def _settings(unit: UnitOfWork, org: str) -> _Decided:
    book = settings_of(unit, org)
    if book is None or book.settings is None:
        raise Conflict("set the invoice settings first: who sends it, and how it is numbered.")
    return _Decided(book.settings_version, book.settings)


@dataclass(frozen=True)
class IssueInvoice(KeyedCommand):
    """Issue a draft: it has a number from now on, and never changes."""

    invoice: str

    operation: ClassVar[str] = "invoices/issue"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Invoice, invoice_id(self.org, self.invoice))]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        invoice = find_invoice(unit, self.org, self.invoice)
        issued = issue_draft(
            unit, self.org, invoice, self.actor, key=self.key, fingerprint=self.fingerprint
        )
        if invoice.settle(unit.now(self.org)):
            unit.record(invoice, self.actor)
        return issued
