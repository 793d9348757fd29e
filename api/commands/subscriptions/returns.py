"""Returns: `RecordReturns`, what a provider says of money that came for an invoice: that it went
back, or is asked back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.commands.command import Command
from api.commands.credits.lookup import find_wallet
from api.commands.invoices.invoices import settle, write_credit_note
from api.commands.invoices.lookup import find_invoice
from api.commands.subscriptions.charges import RecordCharge
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.credits.facts import WalletOpened
from ledger.invoices.invoice import Invoice, invoice_id
from ledger.invoices.invoice_base import InvoiceState, Method
from ledger.invoices.refunds import PaymentRefunded
from ledger.invoices.returns import check_told
from ledger.kernel.actor import Actor
from ledger.kernel.keys import Key
from ledger.kernel.limits import CREDIT_NOTES_MAX
from ledger.purchases.notice import (
    DisputeChanged,
    Happening,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
)
from ledger.subscriptions.subscription import Subscription, subscription_id


@dataclass(frozen=True)
class RecordReturns(Command[bool]):
    """Record how the money of an invoice stands at its provider, as it was read there: each step
    once, however often it is read. `charge`: that by which it came, where it is not known here
    yet."""

    invoice: str
    told: Sequence[Happening]
    charge: str | None = None

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Invoice, invoice_id(self.org, self.invoice))]

    def decide(self, unit: UnitOfWork) -> bool:
        invoice, is_new = find_invoice(unit, self.org, self.invoice), False
        came = [each for each in self.told if isinstance(each, PaymentPaid | PaymentFailed)]
        if self.charge is None:
            came = []
        check_returns(invoice.invoice, self.told, [each.payment for each in came])
        for each in came:
            is_new |= RecordCharge(self.org, self.actor, str(self.charge), each).decide(unit)
        return record_returns(unit, self.org, self.invoice, self.told, self.actor) or is_new


def check_returns(
    state: InvoiceState, told: Iterable[Happening], coming: Iterable[str | None] = ()
) -> None:
    """Raise Conflict where what is told is not of the money of an invoice, or of what is coming for
    it."""
    paid = [each.reference for each in state.payments if each.method is Method.STRIPE]
    check_told(told, [*paid, *coming], state.draft.currency, state.refunds)


def record_returns(
    unit: UnitOfWork, org: str, name: str, told: Iterable[Happening], actor: Actor
) -> bool:
    """Record refunds and disputes of the payments of an invoice, once they are checked; tell
    whether any is new. What went back and was not owed to the payer is taken back of the invoice by
    a credit note."""
    invoice, at = find_invoice(unit, org, name), unit.now(org)
    user = invoice.invoice.draft.user
    subscription = unit.get(Subscription, subscription_id(org, user))
    brought = subscription.subscription.brought.get(name, {}) if subscription else {}
    wallet = find_wallet(unit, org, user)
    for each in told:
        if isinstance(each, RefundChanged | DisputeChanged):
            invoice.hear(wallet, brought, each, at)
    if not invoice.pending_events:
        return False
    refunded = [e.number for e in invoice.pending_events if isinstance(e, PaymentRefunded)]
    unit.record(invoice, actor)
    if any(not isinstance(each, WalletOpened) for each in wallet.pending_events):
        unit.record(wallet, actor)
    if refunded:
        _credit(unit, org, invoice, refunded[-1], actor)
    return True


def _credit(unit: UnitOfWork, org: str, invoice: Invoice, refund: str, actor: Actor) -> None:
    """Take back of an invoice what was given back of it without a credit note. None of it may
    refuse what has happened."""
    state = invoice.invoice
    amount = min(state.overdrawn, state.total - state.credited)
    if amount > 0 and len(state.credit_notes) < CREDIT_NOTES_MAX:
        write_credit_note(unit, org, invoice, f"refund-{refund}", amount, actor)
        settle(unit, org, invoice, actor)
