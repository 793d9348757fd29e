"""Ending: `CancelSubscription`, `PauseSubscription`, and `ResumeSubscription`, which takes back
what is to come, or goes on after a pause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.subscriptions.crediting import check_room, invoices_of, take_back
from api.commands.subscriptions.lookup import find_subscription
from api.commands.subscriptions.overage import bill_overage
from api.commands.subscriptions.subscribing import begin
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.times import microseconds
from ledger.subscriptions.changes import When, require_ours, running
from ledger.subscriptions.lessening import credits_due, unused
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_base import End, Status


@dataclass(frozen=True)
class _OnSubscription(KeyedCommand):
    """A command on what a payer holds."""

    user: str

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Subscription, subscription_id(self.org, self.user))]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        subscription = find_subscription(unit, self.org, self.user)
        self.move(unit, subscription)
        return unit.record(subscription, self.actor, self.key)

    def move(self, unit: UnitOfWork, subscription: Subscription) -> None:
        """Do it."""
        raise NotImplementedError


@dataclass(frozen=True)
class CancelSubscription(_OnSubscription):
    """End a subscription, with its period or now. Of what was billed and is not used there is a
    credit note then; no money goes back by itself."""

    at: When = When.PERIOD_END

    operation: ClassVar[str] = "subscribe/cancel"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        subscription = find_subscription(unit, self.org, self.user)
        now, at = subscription.subscription, unit.now(self.org)
        require_ours(now)
        back: dict[str, int] = {}
        if now.status is Status.PAUSED:
            subscription.end(End.CANCELED, at, fingerprint=self.fingerprint)
        elif self.at is When.PERIOD_END:
            running(now)
            subscription.cancel_later(at, fingerprint=self.fingerprint)
        else:
            running(now)
            invoices, now_us = invoices_of(unit, self.org, now), microseconds(at)
            rest = unused(now, invoices, now_us)
            back = {name: amount for name, amount in rest.items() if amount}
            check_room(invoices, back)
            owed = credits_due(now, None, now_us)
            bill_overage(unit, self.org, subscription, self.actor)
            subscription.end(End.CANCELED, at, owed=owed, fingerprint=self.fingerprint)
        ended = unit.record(subscription, self.actor, self.key)
        take_back(unit, self.org, back, self.actor)
        return ended


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
