"""The subscription: what a payer holds of a plan, from its start to its end; one at a time, one
after another. Its table of contents: what it can decide.

Time, people and payments move it. What is collected, and how, is an invoice's and a provider's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, NamedTuple

import msgspec

from ledger.kernel.errors import Conflict
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds
from ledger.purchases.purchase_base import SavedMethod
from ledger.subscriptions import (
    marks,
    mirror_facts,
    mirroring,
    overage_facts,
    payments,
    reminders,
    steps,
    subscription_facts,
)
from ledger.subscriptions.calendar import Period, boundary, months_of
from ledger.subscriptions.changes import running
from ledger.subscriptions.charge import invoice_of
from ledger.subscriptions.moments import next_moment
from ledger.subscriptions.subscription_base import (
    Holding,
    Status,
    SubscriptionBase,
    SubscriptionFact,
)

SUBSCRIPTION_STREAM = "subscription"


class Trial(NamedTuple):
    """A time in which a plan is tried: by whom, until when, and with which credits."""

    identity: str
    ends_us: int
    credits: int = 0
    lot: str | None = None


class Subscription(SubscriptionBase):
    """What a payer holds of a plan."""

    TOPIC: ClassVar[str] = "subscriptions.Subscription"
    STREAM: ClassVar[str] = f"{SUBSCRIPTION_STREAM}/"

    def __init__(self) -> None:
        super().__init__()  # the library makes a dataclass of a class without one

    # -- facts -------------------------------------------------------------------------------

    Event = SubscriptionFact
    SubscriberOpened = subscription_facts.SubscriberOpened
    SubscriptionStarted = subscription_facts.SubscriptionStarted
    TrialEndAnnounced = subscription_facts.TrialEndAnnounced
    TrialEnded = subscription_facts.TrialEnded
    PeriodOpened = subscription_facts.PeriodOpened
    PaymentDue = subscription_facts.PaymentDue
    ChargeAsked = subscription_facts.ChargeAsked
    PaymentFailed = subscription_facts.PaymentFailed
    PeriodPaid = subscription_facts.PeriodPaid
    OveragePaid = overage_facts.OveragePaid
    PlanChanged = subscription_facts.PlanChanged
    ChangePaid = subscription_facts.ChangePaid
    PlanChangeScheduled = subscription_facts.PlanChangeScheduled
    CancellationScheduled = subscription_facts.CancellationScheduled
    CancellationWithdrawn = subscription_facts.CancellationWithdrawn
    PauseScheduled = subscription_facts.PauseScheduled
    SubscriptionPaused = subscription_facts.SubscriptionPaused
    CouponApplied = subscription_facts.CouponApplied
    CouponReturned = subscription_facts.CouponReturned
    MethodChanged = subscription_facts.MethodChanged
    WentPastDue = subscription_facts.WentPastDue
    ReminderDue = reminders.ReminderDue
    MirrorRead = mirror_facts.MirrorRead
    OverageDrafted = mirror_facts.OverageDrafted
    OverageLeft = mirror_facts.OverageLeft
    ReminderSent = reminders.ReminderSent
    HalfOfLimitReached = overage_facts.HalfOfLimitReached
    InterimReached = overage_facts.InterimReached
    InterimOver = overage_facts.InterimOver
    SubscriptionEnded = subscription_facts.SubscriptionEnded

    # -- what it is now ----------------------------------------------------------------------

    @property
    def next_invoice(self) -> str:
        """The id of the next invoice: always the same for the same one."""
        return invoice_of(self.id, self.subscription.invoices + 1)

    def due_us(self) -> int | None:
        first = next_moment(self.subscription)
        return first and first.us

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        now = self.subscription
        columns = {
            "org": org,
            "owner": self.user,
            "status": now.status.value,
            "plan": now.holding.plan.plan.id if now.holding else None,
            "state": msgspec.to_builtins(now),
        }
        return [TableRow("subscription_states", columns)]

    # -- decisions: what is paid, and what follows ---------------------------------------------

    owe = payments.owe
    charge = payments.charge
    fail = payments.fail
    drop = payments.drop
    pay = payments.pay
    pay_period = payments.pay_period
    go_past_due = payments.go_past_due
    change = steps.change
    end = steps.end
    want_reminder = reminders.want_reminder
    remind = reminders.remind
    apply_coupon = steps.apply_coupon
    reach = marks.reach
    end_interim = marks.end_interim

    # -- decisions: its provider runs it -------------------------------------------------------

    start_mirror = mirroring.start
    fail_mirrored = mirroring.fail
    follow = mirroring.follow
    note_read = mirroring.note_read
    draft_overage = mirroring.draft_overage
    leave_overage = mirroring.leave_overage

    # -- decisions: it begins ----------------------------------------------------------------

    @classmethod
    def open(cls, org: str, user: str, at: datetime) -> Subscription:
        """Begin with a payer."""
        return cls._create(
            cls.SubscriberOpened, id=subscription_id(org, user), timestamp=at, user=user
        )

    def start(
        self,
        holding: Holding,
        at: datetime,
        *,
        fingerprint: str,
        method: SavedMethod | None = None,
        trial: Trial | None = None,
        waits: bool = False,
    ) -> None:
        """Subscribe, or try it first. `waits`: until its first payment. Raises Conflict where there
        is a subscription already."""
        if not self.subscription.is_over:
            raise Conflict("there is a subscription: change it, or end it first.", field="user")
        now_us, plan = microseconds(at), holding.plan.plan
        ends_us = trial.ends_us if trial else boundary(now_us, months_of(plan))
        status = Status.INCOMPLETE if waits else Status.ACTIVE
        self.trigger_event(
            self.SubscriptionStarted,
            timestamp=at,
            user=self.user,
            fingerprint=fingerprint,
            number=self.subscription.number + 1,
            status=Status.TRIALING if trial else status,
            holding=holding,
            start_us=now_us,
            ends_us=ends_us,
            method=method,
            identity=trial.identity if trial else None,
            credits=trial.credits if trial else 0,
            lot=trial.lot if trial else None,
        )

    # -- decisions: it changes ---------------------------------------------------------------

    def change_later(self, holding: Holding, at: datetime, *, fingerprint: str) -> None:
        """Hold something else from the next period on."""
        self.trigger_event(
            self.PlanChangeScheduled,
            timestamp=at,
            user=self.user,
            fingerprint=fingerprint,
            holding=holding,
            at_us=self.subscription.end_us,
        )

    def change_method(self, method: SavedMethod, at: datetime, *, fingerprint: str) -> None:
        """Charge another payment method from now on."""
        self.trigger_event(
            self.MethodChanged,
            timestamp=at,
            user=self.user,
            fingerprint=fingerprint,
            method=method,
        )

    def cancel_later(self, at: datetime, *, fingerprint: str) -> None:
        """End with the period."""
        if self.subscription.is_canceled:
            raise Conflict("it is canceled already.", field="user")
        self.trigger_event(
            self.CancellationScheduled,
            timestamp=at,
            user=self.user,
            fingerprint=fingerprint,
            at_us=self.subscription.end_us,
        )

    def pause_later(self, at: datetime, *, fingerprint: str) -> None:
        """Have no period follow the one that is running."""
        if self.subscription.is_pausing:
            raise Conflict("it is to be paused already.", field="user")
        self.trigger_event(
            self.PauseScheduled,
            timestamp=at,
            user=self.user,
            fingerprint=fingerprint,
            at_us=self.subscription.end_us,
        )

    def pause(self, at: datetime) -> None:
        """Record that its period is over, and none follows."""
        self.trigger_event(
            self.SubscriptionPaused,
            timestamp=at,
            user=self.user,
            paused_us=self.subscription.end_us,
        )

    def withdraw(self, at: datetime, *, fingerprint: str) -> None:
        """Go on as it is: neither end nor change with the period."""
        running(self.subscription)
        now = self.subscription
        if not (now.is_canceled or now.is_pausing or now.next):
            raise Conflict("nothing is to come that could be withdrawn.", field="user")
        self.trigger_event(
            self.CancellationWithdrawn, timestamp=at, user=self.user, fingerprint=fingerprint
        )

    # -- decisions: time ---------------------------------------------------------------------

    def announce(self, at: datetime) -> None:
        """Record that the trial ends soon."""
        self.trigger_event(
            self.TrialEndAnnounced,
            timestamp=at,
            user=self.user,
            ends_us=self.subscription.end_us,
        )

    def end_trial(self, at: datetime) -> None:
        """Record that the trial is over."""
        self.trigger_event(
            self.TrialEnded, timestamp=at, user=self.user, ended_us=self.subscription.end_us
        )

    def open_period(self, holding: Holding, months: int, period: Period, at: datetime) -> None:
        """Begin the period that is so many months after the anchor."""
        self.trigger_event(
            self.PeriodOpened,
            timestamp=at,
            user=self.user,
            holding=holding,
            months=months,
            start_us=period.start_us,
            end_us=period.end_us,
        )


def subscription_id(org: str, user: str) -> str:
    """Return the stream of a payer's subscriptions."""
    return stream_id(org, SUBSCRIPTION_STREAM, user)
