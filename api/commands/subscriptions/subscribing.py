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
from api.commands.subscriptions.coupons import offered, redeem
from api.commands.subscriptions.crediting import check_room, invoices_of, take_back
from api.commands.subscriptions.included_credits import grant_trial
from api.commands.subscriptions.lookup import plan_of, policy_of, subscription_of
from api.commands.subscriptions.overage import leave_overage
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
    during,
    require_method,
    running,
    start_of,
)
from ledger.subscriptions.coupon import HeldCoupon
from ledger.subscriptions.coupon_book import CouponBook, coupon_id
from ledger.subscriptions.holding import holding_of
from ledger.subscriptions.redeeming import begun
from ledger.subscriptions.subscription import Subscription, Trial, subscription_id
from ledger.subscriptions.subscription_base import Holding, Why
from ledger.subscriptions.subscription_facts import trial_key


@dataclass(frozen=True)
class Subscribe(KeyedCommand):
    """Subscribe a payer to a plan, or change to it, or the number of seats, or what is charged.

    More at once, once it is paid; less from the next period on. `identity`: the salted digest of
    who tries the plan first, once; `at`: when a change is made, where a caller says so; `coupon`:
    taken off the periods that begin from now on.
    """

    user: str
    plan: str
    seats: int | None = None
    method: SavedMethod | None = None
    identity: str | None = None
    at: When | None = None
    coupon: str | None = None

    operation: ClassVar[str] = "subscribe"

    def must_ask(self, unit: UnitOfWork) -> bool:
        return self.identity is not None

    def idempotency_keys(self) -> Iterable[Key]:
        keys = list(super().idempotency_keys())
        return keys if self.identity is None else [*keys, trial_key(self.org, self.identity)]

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        needed: list[AggregateRef] = [(Subscription, subscription_id(self.org, self.user))]
        if self.coupon is not None:
            needed.append((CouponBook, coupon_id(self.org, self.coupon)))
        return needed

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        holding = holding_of(plan_of(unit, self.org, self.plan), self.seats, self.user)
        subscription, coupon = subscription_of(unit, self.org, self.user), None
        if self.coupon is not None:
            coupon = offered(unit, self.org, self.coupon, subscription, holding)
        if subscription.subscription.is_over:
            return self._start(unit, subscription, holding, coupon)
        return self._change(unit, subscription, holding, coupon)

    # -- it begins ---------------------------------------------------------------------------

    def _start(
        self,
        unit: UnitOfWork,
        subscription: Subscription,
        holding: Holding,
        coupon: HeldCoupon | None,
    ) -> PendingFact:
        if self.at is When.PERIOD_END:
            raise Invalid("there is no period to wait for: leave at out.", field="at")
        require_method(holding, coupon, has_method=self.method is not None)
        if self.identity is not None:
            return self._try(unit, subscription, holding, self.identity, coupon)
        return begin(unit, self, subscription, holding, self.method, coupon)

    def _try(
        self,
        unit: UnitOfWork,
        subscription: Subscription,
        holding: Holding,
        identity: str,
        coupon: HeldCoupon | None,
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
        if coupon is not None:
            redeem(unit, self.org, subscription, coupon, self.actor)
            unit.record(subscription, self.actor)
        return started

    # -- it changes --------------------------------------------------------------------------

    def _change(
        self,
        unit: UnitOfWork,
        subscription: Subscription,
        asked: Holding,
        coupon: HeldCoupon | None,
    ) -> PendingFact:
        now, now_us = subscription.subscription, microseconds(unit.now(self.org))
        holding = during(now, asked)
        before = running(now)
        if self.identity is not None:
            raise Invalid("a trial is for who begins: leave identity out.", field="identity")
        held = coupon or now.coupon
        require_method(asked, held, has_method=(self.method or now.method) is not None)
        is_other_method = self.method is not None and self.method != now.method
        if holding == before:
            if not is_other_method and coupon is None:
                raise Conflict("it is so: resume takes back what is to come.", field="plan")
            return self._keep(unit, subscription, coupon, is_other_method=is_other_method)
        invoices = invoices_of(unit, self.org, now)
        outcome = change_of(now, holding, self.at, now_us, invoices, coupon)
        check_room(invoices, outcome.lessened.back)
        billed = None
        if outcome.is_at_once:
            billed = bill(unit, self.org, subscription, holding, outcome, self.actor)
        # What is less owes less before another payment method is charged for it.
        changed, back = None, outcome.lessened.back
        if is_other_method and not back:
            changed = self._change_method(unit, subscription, self.key)
        self._change_holding(unit, subscription, holding, outcome, billed)
        last = unit.record(subscription, self.actor, "" if changed else self.key)
        if coupon is not None:
            redeem(unit, self.org, subscription, coupon, self.actor)
            unit.record(subscription, self.actor)
        take_back(unit, self.org, back, self.actor)
        if is_other_method and back:
            self._change_method(unit, subscription, "")
        return changed or last

    def _keep(
        self,
        unit: UnitOfWork,
        subscription: Subscription,
        coupon: HeldCoupon | None,
        *,
        is_other_method: bool,
    ) -> PendingFact:
        """Keep what is held: redeem a coupon for it, charge another payment method, or both."""
        redeemed = None
        if coupon is not None:
            redeem(unit, self.org, subscription, coupon, self.actor, fingerprint=self.fingerprint)
            redeemed = unit.record(subscription, self.actor, self.key)
        if not is_other_method:
            assert redeemed is not None  # who calls has looked
            return redeemed
        changed = self._change_method(unit, subscription, "" if redeemed else self.key)
        return redeemed or changed

    def _change_method(self, unit: UnitOfWork, subscription: Subscription, key: str) -> PendingFact:
        """Charge another payment method from now on, and at once what was asked for in vain."""
        assert self.method is not None  # who calls has looked
        at = unit.now(self.org)
        subscription.change_method(self.method, at, fingerprint=self.fingerprint)
        changed = unit.record(subscription, self.actor, key)
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
            leave_overage(unit, self.org, subscription, after, self.actor)
            subscription.change(
                after,
                at,
                now_us,
                credits=credits,
                lot=lot,
                lessened=outcome.lessened,
                fingerprint=sent,
            )
        else:
            if after.plan.plan.net_days:
                leave_overage(unit, self.org, subscription, after, self.actor)
                subscription.change(after, at, now_us)
            owed = owed_for(Why.CHANGE, after, outcome, now_us, policy_of(unit, self.org))
            subscription.owe(billed.invoice, owed, at, fingerprint=sent)


def begin(
    unit: UnitOfWork,
    command: KeyedCommand,
    subscription: Subscription,
    holding: Holding,
    method: SavedMethod | None,
    coupon: HeldCoupon | None = None,
) -> PendingFact:
    """Begin a subscription: at once where there is nothing to pay, or time to; else when the money
    has come. Return the fact that carries the command's key."""
    org, actor, at = command.org, command.actor, unit.now(command.org)
    holding = begun(subscription.subscription, holding, coupon)
    outcome = start_of(holding, microseconds(at), is_trial=False)
    billed = bill(unit, org, subscription, holding, outcome, actor)
    is_charged = billed.invoice is not None and not holding.plan.plan.net_days
    subscription.start(
        holding, at, fingerprint=command.fingerprint, method=method, waits=is_charged
    )
    started = unit.record(subscription, actor, command.key)
    if coupon is not None:
        held = coupon.used() if holding.coupon is not None else coupon
        redeem(unit, org, subscription, held, actor)
    why = Why.START if is_charged else Why.PERIOD
    conclude_period(unit, org, subscription, why, holding, outcome, billed, actor)
    unit.record(subscription, actor)
    return started
