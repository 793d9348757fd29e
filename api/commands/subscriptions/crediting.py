"""Crediting: credit notes of what was billed for a subscription and is not used."""

from __future__ import annotations

from collections.abc import Mapping

from api.commands.invoices.invoices import settle, write_credit_note
from api.commands.invoices.lookup import find_invoice
from api.commands.unit_of_work import UnitOfWork
from ledger.invoices.invoice_base import InvoiceState
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Conflict
from ledger.kernel.limits import CREDIT_NOTES_MAX
from ledger.subscriptions.subscription_base import SubscriptionState
from ledger.subscriptions.unused import unused_lines


def invoices_of(unit: UnitOfWork, org: str, now: SubscriptionState) -> dict[str, InvoiceState]:
    """Return the invoices of what is held in the period."""
    return {name: find_invoice(unit, org, name).invoice for name in now.parts}


def check_room(invoices: Mapping[str, InvoiceState], back: Mapping[str, int]) -> None:
    """Raise Conflict where an invoice can have no more credit notes."""
    for name in back:
        if len(invoices[name].credit_notes) >= CREDIT_NOTES_MAX:
            raise Conflict(f"the invoice {name} has too many credit notes.", field="at")


def take_back(unit: UnitOfWork, org: str, back: Mapping[str, int], actor: Actor) -> None:
    """Write a credit note of so much of each invoice; what is not paid yet need not be. No money
    goes back by itself."""
    for name, amount in back.items():
        invoice = find_invoice(unit, org, name)
        note = f"{name}-back-{len(invoice.invoice.credit_notes) + 1}"
        lines = unused_lines(invoice.invoice, amount)
        write_credit_note(unit, org, invoice, note, lines, actor)
        settle(unit, org, invoice, actor)
