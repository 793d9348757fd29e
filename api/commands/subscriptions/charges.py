"""Charges: `RecordCharge`, what a provider says of a payment method that was charged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.commands.command import Command
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.invoices.invoice import Invoice, invoice_id
from ledger.invoices.invoice_base import Method, Payment, Status
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.keys import Key
from ledger.purchases.notice import Money, PaymentFailed, PaymentPaid
from ledger.subscriptions.charge import invoice_of_charge
from ledger.subscriptions.dunning import FINAL
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_base import COLLECTED


@dataclass(frozen=True)
class RecordCharge(Command[bool]):
    """Record what became of a charge, once, however often it is told."""

    charge: str
    told: PaymentPaid | PaymentFailed

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Invoice, invoice_id(self.org, invoice_of_charge(self.charge)))]

    def decide(self, unit: UnitOfWork) -> bool:
        name = invoice_of_charge(self.charge)
        invoice = unit.get(Invoice, invoice_id(self.org, name))
        if invoice is None:
            raise NotFound("there is no invoice of that charge.", field="charge")
        user = invoice.invoice.draft.user
        subscription = unit.get(Subscription, subscription_id(self.org, user))
        owed = subscription.subscription.owed.get(name) if subscription else None
        is_ours = owed is not None and owed.charge == self.charge
        if isinstance(self.told, PaymentPaid):
            return self._paid(unit, invoice, self.told, is_ours=is_ours)
        if subscription is None or owed is None or not is_ours:
            return False
        subscription.fail(
            name, self.told.code, unit.now(self.org), is_final=self.told.code in FINAL
        )
        unit.record(subscription, self.actor)
        is_open = invoice.invoice.status is Status.OPEN
        if owed.why not in COLLECTED and is_open and invoice.invoice.is_untouched:
            invoice.void(unit.now(self.org))
            unit.record(invoice, self.actor)
        return True

    def _paid(
        self, unit: UnitOfWork, invoice: Invoice, told: PaymentPaid, *, is_ours: bool
    ) -> bool:
        """Apply the money to the invoice: what that is for follows by itself."""
        state = invoice.invoice
        if any(each.reference == told.payment for each in state.payments):
            return False
        if not is_ours or told.money != Money(state.left, state.draft.currency):
            raise Conflict(
                f"the payment {told.payment} is not what is left of the invoice "
                f"{invoice.id_in_org}: give it back, or book it by hand.",
                field="charge",
            )
        payment = Payment(method=Method.STRIPE, amount=told.money.amount, reference=told.payment)
        invoice.apply_payment(payment, unit.now(self.org))
        invoice.settle(unit.now(self.org))
        unit.record(invoice, self.actor)
        return True
