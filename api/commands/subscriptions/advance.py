"""Advance: `AdvanceSubscription`, what time brings to a subscription, one thing after another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.commands.command import Command
from api.commands.due import FellDue
from api.commands.subscriptions.billing import bill, charge, conclude_period
from api.commands.subscriptions.overage import bill_overage, overage_due
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.keys import Key
from ledger.kernel.times import microseconds
from ledger.subscriptions.calendar import months_of, period_from
from ledger.subscriptions.changes import Outcome, period_of
from ledger.subscriptions.moments import Moment, Step, next_moment
from ledger.subscriptions.plan import AfterTrial
from ledger.subscriptions.redeeming import is_charged
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_base import End, Holding, Status, Why


@dataclass(frozen=True)
class AdvanceSubscription(Command[FellDue]):
    """Record the first thing that time has brought to a subscription and nobody has recorded: the
    beginning of a period with its invoice, another try, an end. It has no key: whoever comes second
    finds the next thing, or nothing."""

    user: str

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Subscription, subscription_id(self.org, self.user))]

    def decide(self, unit: UnitOfWork) -> FellDue:
        subscription = unit.get(Subscription, subscription_id(self.org, self.user))
        if subscription is None:
            return FellDue(recorded=False, due_us=None)
        moment = next_moment(subscription.subscription)
        if moment is None or moment.us > microseconds(unit.now(self.org)):
            return FellDue(recorded=False, due_us=subscription.due_us())
        self._take(unit, subscription, moment)
        unit.record(subscription, self.actor)
        return FellDue(recorded=True, due_us=subscription.due_us())

    def _take(self, unit: UnitOfWork, subscription: Subscription, moment: Moment) -> None:
        """Do what is due."""
        match moment.step:
            case Step.ANNOUNCE:
                subscription.announce(unit.now(self.org))
            case Step.END_TRIAL:
                self._end_trial(unit, subscription)
            case Step.RENEW:
                self._renew(unit, subscription)
            case Step.CHARGE:
                charge(unit, subscription, moment.invoice)
            case Step.GIVE_UP:
                self._give_up(unit, subscription, moment.invoice)

    def _end_trial(self, unit: UnitOfWork, subscription: Subscription) -> None:
        now, at = subscription.subscription, unit.now(self.org)
        holding = now.next or now.holding
        assert holding is not None  # it is tried
        plan = holding.plan.plan
        lacks_method = is_charged(holding, now.coupon) and now.method is None
        if now.is_canceled or lacks_method or plan.after_trial is AfterTrial.FREE:
            subscription.end_trial(at)
            why = End.CANCELED if now.is_canceled else End.TRIAL_OVER
            subscription.end(why, at, ended_us=now.end_us)
            return
        self._open(unit, subscription, holding, 0, is_trial_over=True)

    def _renew(self, unit: UnitOfWork, subscription: Subscription) -> None:
        now, at = subscription.subscription, unit.now(self.org)
        if now.is_canceled:
            bill_overage(unit, self.org, subscription, self.actor)
            subscription.end(End.CANCELED, at, ended_us=now.end_us)
            return
        if now.is_pausing:
            bill_overage(unit, self.org, subscription, self.actor)
            subscription.pause(at)
            return
        assert now.holding is not None  # it is running
        months = now.months + months_of(now.holding.plan.plan)
        self._open(unit, subscription, now.next or now.holding, months)

    def _open(
        self,
        unit: UnitOfWork,
        subscription: Subscription,
        holding: Holding,
        months: int,
        *,
        is_trial_over: bool = False,
    ) -> None:
        """Begin a period, with its invoice."""
        at = unit.now(self.org)
        now = subscription.subscription
        holding = holding.with_coupon(now.coupon)
        period = period_from(now.anchor_us, months, holding.plan.plan)
        outcome = self._with_overage(unit, subscription, holding, period_of(holding, period))
        billed = bill(unit, self.org, subscription, holding, outcome, self.actor)
        if is_trial_over:
            subscription.end_trial(at)
        subscription.open_period(holding, months, period, at)
        conclude_period(
            unit, self.org, subscription, Why.PERIOD, holding, outcome, billed, self.actor
        )

    def _with_overage(
        self, unit: UnitOfWork, subscription: Subscription, after: Holding, outcome: Outcome
    ) -> Outcome:
        """Return what a period comes to, with what was used beyond the credits of the one before;
        that is billed by itself where it is in other money."""
        before = subscription.subscription.holding
        assert before is not None  # it is running
        if before.plan.plan.currency != after.plan.plan.currency:
            bill_overage(unit, self.org, subscription, self.actor)
            return outcome
        item = overage_due(unit, self.org, subscription)
        return outcome if item is None else outcome._replace(items=[*outcome.items, item])

    def _give_up(self, unit: UnitOfWork, subscription: Subscription, name: str) -> None:
        if subscription.subscription.status is Status.PAST_DUE:
            bill_overage(unit, self.org, subscription, self.actor)
            subscription.end(End.NOT_PAID, unit.now(self.org))
        else:
            subscription.go_past_due(name, unit.now(self.org))
