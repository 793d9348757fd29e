"""Invoices: `DraftInvoice`, `ChangeDraft`, and what becomes of one that was issued."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import msgspec

from api.commands.command import KeyedCommand
from api.commands.invoices.lookup import find_invoice, numbers_of, settings_of
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.invoices.invoice import Invoice, invoice_id
from ledger.invoices.invoice_base import Payment
from ledger.invoices.item import Draft
from ledger.invoices.settings import Series
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Conflict
from ledger.kernel.limits import CREDIT_NOTES_MAX
from ledger.kernel.texts import Text


@dataclass(frozen=True)
class DraftInvoice(KeyedCommand):
    """Draft an invoice; `invoice` is its id."""

    invoice: str
    draft: Draft

    operation: ClassVar[str] = "invoices"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        if unit.get(Invoice, invoice_id(self.org, self.invoice)) is not None:
            raise Conflict("there is an invoice of that id.", field="invoice")
        begun = Invoice.begin(
            self.org, self.invoice, self.draft, unit.now(self.org), fingerprint=self.fingerprint
        )
        return unit.record(begun, self.actor, self.key)


@dataclass(frozen=True)
class OnInvoice(KeyedCommand):
    """A command on one invoice; its text is kept as its payer's, whoever sent it."""

    invoice: str

    def person_of_text(self, unit: UnitOfWork) -> str:
        return find_invoice(unit, self.org, self.invoice).invoice.draft.user

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Invoice, invoice_id(self.org, self.invoice))]


@dataclass(frozen=True)
class ChangeDraft(OnInvoice):
    """Have a draft say something else."""

    draft: Draft

    operation: ClassVar[str] = "invoices/change"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        found = find_invoice(unit, self.org, self.invoice)
        found.change(self.draft, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(found, self.actor, self.key)


@dataclass(frozen=True)
class ApplyPayment(OnInvoice):
    """Record money that came for an invoice; an amount of zero is all that is left."""

    payment: Payment

    operation: ClassVar[str] = "invoices/payments"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        found = find_invoice(unit, self.org, self.invoice)
        amount = self.payment.amount or found.invoice.left
        payment = msgspec.structs.replace(self.payment, amount=amount)
        found.apply_payment(payment, unit.now(self.org), fingerprint=self.fingerprint)
        applied = unit.record(found, self.actor, self.key)
        settle(unit, self.org, found, self.actor)
        return applied


@dataclass(frozen=True)
class WriteCreditNote(OnInvoice):
    """Take back parts of an invoice: of its lines by their places, an amount of all of them, or
    all that is left. `note` is its id; `refund`: money that goes back with it."""

    note: str
    asked: Mapping[int, int] | int | None = None
    refund: Payment | None = None
    reason: Text | None = None

    operation: ClassVar[str] = "invoices/credit-notes"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def effect(self, unit: UnitOfWork) -> PendingFact:
        found = find_invoice(unit, self.org, self.invoice)
        if len(found.invoice.credit_notes) >= CREDIT_NOTES_MAX:
            raise Conflict("the invoice has as many credit notes as it can have.", field="id")
        credited = write_credit_note(
            unit,
            self.org,
            found,
            self.note,
            self.asked,
            self.actor,
            refund=self.refund,
            key=self.key,
            fingerprint=self.fingerprint,
            reason=self.reason.digest if self.reason else None,
        )
        settle(unit, self.org, found, self.actor)
        return credited


@dataclass(frozen=True)
class VoidInvoice(OnInvoice):
    """Say that an invoice was a mistake; a draft is given up so."""

    reason: Text | None = None

    operation: ClassVar[str] = "invoices/void"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def effect(self, unit: UnitOfWork) -> PendingFact:
        found = find_invoice(unit, self.org, self.invoice)
        found.void(
            unit.now(self.org),
            fingerprint=self.fingerprint,
            reason=self.reason.digest if self.reason else None,
        )
        return unit.record(found, self.actor, self.key)


@dataclass(frozen=True)
class WriteOffInvoice(OnInvoice):
    """Expect the rest of an invoice no more."""

    reason: Text | None = None

    operation: ClassVar[str] = "invoices/write-off"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def effect(self, unit: UnitOfWork) -> PendingFact:
        found = find_invoice(unit, self.org, self.invoice)
        found.write_off(
            unit.now(self.org),
            fingerprint=self.fingerprint,
            reason=self.reason.digest if self.reason else None,
        )
        return unit.record(found, self.actor, self.key)


def write_credit_note(
    unit: UnitOfWork,
    org: str,
    invoice: Invoice,
    note: str,
    asked: Mapping[int, int] | int | None,
    actor: Actor,
    *,
    refund: Payment | None = None,
    key: str = "",
    fingerprint: str = "",
    reason: str | None = None,
) -> PendingFact:
    """Issue a credit note under the next number of its series; return its fact."""
    at = unit.now(org)
    totals = invoice.totals_of(asked)
    numbers, book = numbers_of(unit, org, Series.CREDIT_NOTES), settings_of(unit, org)
    settings = book.settings if book else None
    assert settings is not None  # what is issued was issued by some
    invoice.credit(
        note,
        numbers.next(settings.credit_notes, at),
        totals,
        at,
        refund=refund,
        fingerprint=fingerprint,
        reason=reason,
    )
    numbers.take(settings.credit_notes, note, at)
    unit.record(numbers, actor)
    return unit.record(invoice, actor, key)


def settle(unit: UnitOfWork, org: str, invoice: Invoice, actor: Actor) -> None:
    """Record that an invoice is paid, if nothing is left of it now."""
    if invoice.settle(unit.now(org)):
        unit.record(invoice, actor)
