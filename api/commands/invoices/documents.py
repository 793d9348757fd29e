"""Documents: `SendDocument`, and what is recorded of documents that no caller asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from api.commands.command import Command
from api.commands.invoices.invoices import OnInvoice
from api.commands.invoices.lookup import find_invoice
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.invoices.invoice import Invoice, invoice_id
from ledger.invoices.invoice_base import Delivery, KeptDocument
from ledger.kernel.keys import Key


@dataclass(frozen=True)
class SendDocument(OnInvoice):
    """Have a document of an invoice, by its number or itself, be sent once more."""

    number: str | None

    operation: ClassVar[str] = "invoices/send"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        found = find_invoice(unit, self.org, self.invoice)
        found.ask_to_send(self.number, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(found, self.actor, self.key)


@dataclass(frozen=True)
class _OnDocument(Command[bool]):
    """A command that says whether what it records is new; done twice it does nothing."""

    invoice: str

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Invoice, invoice_id(self.org, self.invoice))]

    def decide(self, unit: UnitOfWork) -> bool:
        found = find_invoice(unit, self.org, self.invoice)
        is_new = self.tell(found, unit.now(self.org))
        if is_new:
            unit.record(found, self.actor)
        return is_new

    def tell(self, invoice: Invoice, at: datetime) -> bool:
        """Have the invoice take it in; tell whether it is new."""
        raise NotImplementedError


@dataclass(frozen=True)
class RecordDocument(_OnDocument):
    """Record a document that is kept."""

    document: KeptDocument

    def tell(self, invoice: Invoice, at: datetime) -> bool:
        return invoice.keep_document(self.document, at)


@dataclass(frozen=True)
class RecordSent(_OnDocument):
    """Record what became of mail."""

    delivery: Delivery

    def tell(self, invoice: Invoice, at: datetime) -> bool:
        return invoice.record_sent(self.delivery, at)
