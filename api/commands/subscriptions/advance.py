"""Advance: `AdvanceSubscription`, what time brings to a subscription, one thing after another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.commands.command import Command
from api.commands.due import FellDue
from api.commands.subscriptions.billing import bill, charge, conclude_period
from api.commands.subscriptions.overage import bill_interim, bill_overage, overage_due
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.keys import Key
from ledger.kernel.times import microseconds
from ledger.subscriptions.changes import Outcome
from ledger.subscriptions.moments import Moment, Step, next_moment
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_base import End, Status, Why
from ledger.subscriptions.upcoming import Renewal, renewal_of, with_overage


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
        now_us = microseconds(unit.now(self.org))
        moment = next_moment(subscription.subscription, now_us)
        if moment is None or moment.us > now_us:
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
            case Step.REMIND:
                number, at = moment.reminder, unit.now(self.org)
                subscription.want_reminder(moment.invoice, number, at, due_us=moment.us)
            case Step.GIVE_UP:
                self._give_up(unit, subscription, moment.invoice)
            case Step.INTERIM:
                bill_interim(unit, self.org, subscription, self.actor)

    def _end_trial(self, unit: UnitOfWork, subscription: Subscription) -> None:
        now, at = subscription.subscription, unit.now(self.org)
        renewal = renewal_of(now)
        if renewal is None:
            subscription.end_trial(at)
            if now.is_pausing and not now.is_canceled:
                subscription.pause(at)
                return
            why = End.CANCELED if now.is_canceled else End.TRIAL_OVER
            subscription.end(why, at, ended_us=now.end_us)
            return
        self._open(unit, subscription, renewal, is_trial_over=True)

    def _renew(self, unit: UnitOfWork, subscription: Subscription) -> None:
        now, at = subscription.subscription, unit.now(self.org)
        renewal = renewal_of(now)
        if renewal is not None:
            self._open(unit, subscription, renewal)
            return
        bill_overage(unit, self.org, subscription, self.actor)
        if now.is_canceled:
            subscription.end(End.CANCELED, at, ended_us=now.end_us)
        else:
            subscription.pause(at)

    def _open(
        self,
        unit: UnitOfWork,
        subscription: Subscription,
        renewal: Renewal,
        *,
        is_trial_over: bool = False,
    ) -> None:
        """Begin a period, with its invoice."""
        at, ended = unit.now(self.org), subscription.subscription.period
        outcome = self._with_overage(unit, subscription, renewal.outcome)
        holding, period = outcome.holding, outcome.period
        billed = bill(unit, self.org, subscription, holding, outcome, self.actor, ended=ended)
        if is_trial_over:
            subscription.end_trial(at)
        subscription.open_period(holding, renewal.months, period, at)
        conclude_period(
            unit, self.org, subscription, Why.PERIOD, holding, outcome, billed, self.actor
        )

    def _with_overage(
        self, unit: UnitOfWork, subscription: Subscription, outcome: Outcome
    ) -> Outcome:
        """Return what a period comes to, with what was used beyond the credits of the one before;
        that is billed by itself where it is in other money."""
        before = subscription.subscription.holding
        assert before is not None  # it is running
        item = overage_due(unit, self.org, subscription)
        together = with_overage(before, outcome, item)
        if together is None:
            bill_overage(unit, self.org, subscription, self.actor)
        return together or outcome

    def _give_up(self, unit: UnitOfWork, subscription: Subscription, name: str) -> None:
        if subscription.subscription.status is Status.PAST_DUE:
            bill_overage(unit, self.org, subscription, self.actor)
            subscription.end(End.NOT_PAID, unit.now(self.org), invoice=name)
        else:
            subscription.go_past_due(name, unit.now(self.org))
