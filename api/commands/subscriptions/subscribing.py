"""Subscribing: `Subscribe` begins a subscription, or changes the one that there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import CommandResult, PendingFact
from api.commands.subscriptions.billing import (
    Billed,
    bill,
    charge,
    conclude_period,
    owed_for,
)
from api.commands.subscriptions.included_credits import grant_trial
from api.commands.subscriptions.lookup import plan_of, subscription_of
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.keys import Key
from ledger.kernel.times import DAY_US, check_time, microseconds
from ledger.purchases.purchase_base import SavedMethod
from ledger.subscriptions.changes import (
    Outcome,
    When,
    change_of,
    check_change,
    require_method,
    start_of,
)
from ledger.subscriptions.holding import holding_of
from ledger.subscriptions.subscription import Subscription, Trial, subscription_id
from ledger.subscriptions.subscription_base import Holding, Why
from ledger.subscriptions.subscription_facts import trial_key


@dataclass(frozen=True)
class Subscribe(KeyedCommand):
    """Subscribe a payer to a plan, or change to it, or the number of seats, or what is charged.

    More at once, once it is paid; less from the next period on. `identity`: the salted digest of
    who tries the plan first, once; `at`: when a change is made, where a caller says so.
    """

    user: str
    plan: str
    seats: int | None = None
    method: SavedMethod | None = None
    identity: str | None = None
    at: When | None = None

    operation: ClassVar[str] = "subscribe"

    def must_ask(self, unit: UnitOfWork) -> bool:
        return self.identity is not None

    def idempotency_keys(self) -> Iterable[Key]:
        keys = list(super().idempotency_keys())
        return keys if self.identity is None else [*keys, trial_key(self.org, self.identity)]

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Subscription, subscription_id(self.org, self.user))]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        holding = holding_of(plan_of(unit, self.org, self.plan), self.seats, self.user)
        subscription = subscription_of(unit, self.org, self.user)
        if subscription.subscription.is_over:
            return self._start(unit, subscription, holding)
        return self._change(unit, subscription, holding)

    # -- it begins ---------------------------------------------------------------------------

    def _start(self, unit: UnitOfWork, subscription: Subscription, holding: Holding) -> PendingFact:
        if self.at is When.PERIOD_END:
            raise Invalid("there is no period to wait for: leave at out.", field="at")
        require_method(holding, has_method=self.method is not None)
        if self.identity is not None:
            return self._try(unit, subscription, holding, self.identity)
        return begin(unit, self, subscription, holding, self.method)

    def _try(
        self, unit: UnitOfWork, subscription: Subscription, holding: Holding, identity: str
    ) -> PendingFact:
        """Begin with a trial, once for an identity."""
        plan, at, claimed = holding.plan.plan, unit.now(self.org), trial_key(self.org, identity)
        if not plan.trial_days:
            raise Invalid("the plan has no trial: leave identity out.", field="identity")
        if unit.keys.find(claimed) is not None:
            raise Conflict("this identity has had its trial.", field="identity")
        ends_us = check_time(microseconds(at) + plan.trial_days * DAY_US, "plan")
        try:
            granted = grant_trial(unit, self.org, self.user, holding, ends_us, self.actor)
        except Invalid as refusal:
            raise Invalid(refusal.detail, field="plan") from None
        subscription.start(
            holding,
            at,
            fingerprint=self.fingerprint,
            method=self.method,
            trial=Trial(identity, ends_us, granted.credits, granted.lot),
        )
        started = unit.record(subscription, self.actor, self.key)
        unit.claim(claimed, CommandResult(started, 0), self.fingerprint)
        return started

    # -- it changes --------------------------------------------------------------------------

    def _change(
        self, unit: UnitOfWork, subscription: Subscription, holding: Holding
    ) -> PendingFact:
        now, now_us = subscription.subscription, microseconds(unit.now(self.org))
        before = check_change(now, holding)
        if self.identity is not None:
            raise Invalid("a trial is for who begins: leave identity out.", field="identity")
        require_method(holding, has_method=(self.method or now.method) is not None)
        is_other_method = self.method is not None and self.method != now.method
        if holding == before:
            if not is_other_method:
                raise Conflict("it is so: resume takes back what is to come.", field="plan")
            return self._change_method(unit, subscription)
        outcome, billed = change_of(now, holding, self.at, now_us), None
        if outcome.is_at_once:
            billed = bill(unit, self.org, subscription, holding, outcome, self.actor)
        changed = self._change_method(unit, subscription) if is_other_method else None
        self._change_holding(unit, subscription, holding, outcome, billed)
        last = unit.record(subscription, self.actor, "" if changed else self.key)
        return changed or last

    def _change_method(self, unit: UnitOfWork, subscription: Subscription) -> PendingFact:
        """Charge another payment method from now on, and at once what was asked for in vain."""
        assert self.method is not None  # who calls has looked
        at = unit.now(self.org)
        subscription.change_method(self.method, at, fingerprint=self.fingerprint)
        changed = unit.record(subscription, self.actor, self.key)
        for name, owed in subscription.subscription.owed.items():
            if owed.failures:
                charge(unit, subscription, name)
        if subscription.pending_events:
            unit.record(subscription, self.actor)
        return changed

    def _change_holding(
        self,
        unit: UnitOfWork,
        subscription: Subscription,
        after: Holding,
        outcome: Outcome,
        billed: Billed | None,
    ) -> None:
        """Change when the difference is paid: at once where there is none, or time to pay it; what
        is less, later."""
        at, sent = unit.now(self.org), self.fingerprint
        now_us = microseconds(at)
        if billed is None:
            subscription.change_later(after, at, fingerprint=sent)
        elif billed.invoice is None:
            credits, lot = billed.granted
            subscription.change(after, at, now_us, credits=credits, lot=lot, fingerprint=sent)
        else:
            if after.plan.plan.net_days:
                subscription.change(after, at, now_us)
            owed = owed_for(Why.CHANGE, after, outcome, now_us)
            subscription.owe(billed.invoice, owed, at, fingerprint=sent)


def begin(
    unit: UnitOfWork,
    command: KeyedCommand,
    subscription: Subscription,
    holding: Holding,
    method: SavedMethod | None,
) -> PendingFact:
    """Begin a subscription: at once where there is nothing to pay, or time to; else when the money
    has come. Return the fact that carries the command's key."""
    org, actor, at = command.org, command.actor, unit.now(command.org)
    outcome = start_of(holding, microseconds(at), is_trial=False)
    billed = bill(unit, org, subscription, holding, outcome, actor)
    is_charged = billed.invoice is not None and not holding.plan.plan.net_days
    subscription.start(
        holding, at, fingerprint=command.fingerprint, method=method, waits=is_charged
    )
    started = unit.record(subscription, actor, command.key)
    why = Why.START if is_charged else Why.PERIOD
    conclude_period(unit, org, subscription, why, holding, outcome, billed)
    unit.record(subscription, actor)
    return started
