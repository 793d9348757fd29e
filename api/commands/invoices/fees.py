"""Fees: `RecordInvoiceFees`, what a provider has kept of the money of an invoice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.commands.command import Command
from api.commands.invoices.lookup import find_invoice
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.invoices.invoice import Invoice, invoice_id
from ledger.kernel.keys import Key
from ledger.purchases.booking import Booking


@dataclass(frozen=True)
class RecordInvoiceFees(Command[int]):
    """Record what a provider has kept of an invoice's money, each movement once; say how much of it
    is new."""

    invoice: str
    provider: str
    fees: Sequence[Booking]

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Invoice, invoice_id(self.org, self.invoice))]

    def decide(self, unit: UnitOfWork) -> int:
        invoice = find_invoice(unit, self.org, self.invoice)
        for each in self.fees:
            invoice.record_fee(self.provider, each, unit.now(self.org))
        new = len(invoice.pending_events)
        if new:
            unit.record(invoice, self.actor)
        return new
