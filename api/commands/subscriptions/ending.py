"""Ending: `CancelSubscription`, `PauseSubscription`, and `ResumeSubscription`, which takes back
what is to come, or goes on after a pause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.invoices.invoices import write_credit_note
from api.commands.invoices.lookup import find_invoice
from api.commands.result import PendingFact
from api.commands.subscriptions.lookup import find_subscription
from api.commands.subscriptions.overage import bill_overage
from api.commands.subscriptions.subscribing import begin
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.invoices.invoice import Invoice
from ledger.kernel.errors import Conflict
from ledger.kernel.limits import CREDIT_NOTES_MAX
from ledger.kernel.times import microseconds
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.changes import When, require_ours, running
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_base import End, Status
from ledger.subscriptions.unused import unused_lines


@dataclass(frozen=True)
class _OnSubscription(KeyedCommand):
    """A command on what a payer holds."""

    user: str

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Subscription, subscription_id(self.org, self.user))]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        subscription = find_subscription(unit, self.org, self.user)
        require_ours(subscription.subscription)
        self.move(unit, subscription)
        return unit.record(subscription, self.actor, self.key)

    def move(self, unit: UnitOfWork, subscription: Subscription) -> None:
        """Do it."""
        raise NotImplementedError


@dataclass(frozen=True)
class CancelSubscription(_OnSubscription):
    """End a subscription, with its period or now. Of what is paid for and not used there is a
    credit note then; no money goes back by itself."""

    at: When = When.PERIOD_END

    operation: ClassVar[str] = "subscribe/cancel"

    def move(self, unit: UnitOfWork, subscription: Subscription) -> None:
        at = unit.now(self.org)
        if subscription.subscription.status is Status.PAUSED:
            subscription.end(End.CANCELED, at, fingerprint=self.fingerprint)
            return
        running(subscription.subscription)
        if self.at is When.PERIOD_END:
            subscription.cancel_later(at, fingerprint=self.fingerprint)
            return
        for invoice, unused in self._unused(unit, subscription):
            note = f"{invoice.id_in_org}-end"
            write_credit_note(unit, self.org, invoice, note, unused, self.actor)
        bill_overage(unit, self.org, subscription, self.actor)
        subscription.end(End.CANCELED, at, fingerprint=self.fingerprint)

    def _unused(
        self, unit: UnitOfWork, subscription: Subscription
    ) -> list[tuple[Invoice, dict[int, int]]]:
        """Return what was paid for and is not used, of each invoice by its lines; what a person has
        taken back of it already is not taken back again, nor what was used before."""
        now, now_us = subscription.subscription, microseconds(unit.now(self.org))
        found = []
        for name, from_us in now.paid_by.items():
            invoice = find_invoice(unit, self.org, name)
            state = invoice.invoice
            if len(state.credit_notes) >= CREDIT_NOTES_MAX:
                raise Conflict(f"the invoice {name} has too many credit notes.", field="at")
            unused = unused_lines(state, Period(from_us, now.end_us), now_us)
            if unused:
                found.append((invoice, unused))
        return found


@dataclass(frozen=True)
class PauseSubscription(_OnSubscription):
    """Have no period follow the one that is running, until it is resumed."""

    operation: ClassVar[str] = "subscribe/pause"

    def move(self, unit: UnitOfWork, subscription: Subscription) -> None:
        running(subscription.subscription)
        subscription.pause_later(unit.now(self.org), fingerprint=self.fingerprint)


@dataclass(frozen=True)
class ResumeSubscription(_OnSubscription):
    """Go on as it is: what was to come with the end of the period does not. After a pause a new
    period begins, as at the first time, with what was held then."""

    operation: ClassVar[str] = "subscribe/resume"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        subscription = find_subscription(unit, self.org, self.user)
        now = subscription.subscription
        require_ours(now)
        if now.status is Status.PAUSED and now.holding is not None:
            return begin(unit, self, subscription, now.holding, now.method)
        return super().effect(unit)

    def move(self, unit: UnitOfWork, subscription: Subscription) -> None:
        subscription.withdraw(unit.now(self.org), fingerprint=self.fingerprint)
