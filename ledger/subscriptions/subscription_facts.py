"""The facts of subscriptions: what people, payments and time have made of one."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from ledger.kernel.aggregate import FirstFact
from ledger.kernel.keys import Key, KeyRow
from ledger.purchases.notice import Money
from ledger.purchases.purchase_base import SavedMethod
from ledger.subscriptions.coupon import HeldCoupon
from ledger.subscriptions.subscription_base import (
    End,
    Holding,
    Owed,
    Part,
    Status,
    SubscriptionBase,
    SubscriptionFact,
    SubscriptionState,
    Why,
)

TRIALS = "trial"
"""The key space of trials: one for each verified identity of an org, for ever."""


def trial_key(org: str, identity: str) -> Key:
    """Return the key of the one trial of an identity, by its salted digest."""
    return Key(org, TRIALS, identity)


def _lots(lot: str | None, credits: int) -> dict[str, int]:
    return {} if lot is None else {lot: credits}


def _after_period(coupon: HeldCoupon | None, holding: Holding) -> HeldCoupon | None:
    """Return what is left of a coupon once a period has begun, of which it may be taken off."""
    return coupon.used() if coupon is not None and holding.coupon is not None else coupon


class SubscriberOpened(SubscriptionFact, FirstFact):
    """A payer is about to have a subscription."""

    TOPIC: ClassVar[str] = "subscriptions.SubscriberOpened"


class SubscriptionStarted(SubscriptionFact):
    """A payer subscribes to a version of a plan, which they keep until it is changed. `identity`:
    the digest of who tries it, once; `ends_us`: of the period, or of the trial, whose credits are
    `lot`; `mirrors`: the id of the subscription at the provider who runs it."""

    TOPIC: ClassVar[str] = "subscriptions.SubscriptionStarted"
    fingerprint: str
    number: int
    status: Status
    holding: Holding
    start_us: int
    ends_us: int
    method: SavedMethod | None = None
    identity: str | None = None
    credits: int = 0
    lot: str | None = None
    mirrors: str | None = None

    def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
        keys = super().keys(org, command, sequence)
        if self.identity is not None:
            keys.append(KeyRow(trial_key(org, self.identity), sequence, 0, self.fingerprint))
        return keys

    def apply(self, aggregate: SubscriptionBase) -> None:
        before = aggregate.subscription
        coupon = before.coupon if before.status is Status.PAUSED else None
        aggregate.subscription = SubscriptionState(
            status=self.status,
            number=self.number,
            invoices=before.invoices,
            holding=self.holding,
            method=self.method,
            anchor_us=self.ends_us if self.status is Status.TRIALING else self.start_us,
            start_us=self.start_us,
            end_us=self.ends_us,
            owed=before.owed,
            lots=_lots(self.lot, self.credits),
            coupon=_after_period(coupon, self.holding),
            redeemed=before.redeemed,
            mirrors=self.mirrors,
            read_us=before.read_us,
            drafted=before.with_overage,
            brought=before.brought,
        )


class TrialEndAnnounced(SubscriptionFact):
    """The trial will end soon."""

    TOPIC: ClassVar[str] = "subscriptions.TrialEndAnnounced"
    ends_us: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(is_announced=True)


class TrialEnded(SubscriptionFact):
    """The time of trying is over: what is paid for follows, or nothing."""

    TOPIC: ClassVar[str] = "subscriptions.TrialEnded"
    ended_us: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(status=Status.ACTIVE, lots={})


class PeriodOpened(SubscriptionFact):
    """A period begins, or did at `start_us`, `months` after the anchor."""

    TOPIC: ClassVar[str] = "subscriptions.PeriodOpened"
    holding: Holding
    months: int
    start_us: int
    end_us: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(
            coupon=_after_period(aggregate.subscription.coupon, self.holding),
            holding=self.holding,
            months=self.months,
            start_us=self.start_us,
            end_us=self.end_us,
            next=None,
            lots={},
            parts={},
            is_half_used=False,
            interim_us=None,
            drafted=aggregate.subscription.with_overage,
        )


class PaymentDue(SubscriptionFact):
    """An invoice is to be paid. `lot`: the credits of a period that came at once."""

    TOPIC: ClassVar[str] = "subscriptions.PaymentDue"
    fingerprint: str
    invoice: str
    owed: Owed
    credits: int = 0
    lot: str | None = None

    def apply(self, aggregate: SubscriptionBase) -> None:
        now = aggregate.subscription
        aggregate.becomes(
            invoices=now.invoices + 1,
            owed=now.owed | {self.invoice: self.owed},
            drafted={name: now.drafted[name] for name in now.drafted if name != self.invoice},
            lots=now.lots | _lots(self.lot, self.credits),
        )
        aggregate.brings(self.invoice, self.lot, self.credits)
        is_held = self.owed.why is not Why.CHANGE or self.owed.holding == now.holding
        if is_held and self.owed.why is not Why.OVERAGE:
            aggregate.covered(self.invoice, self.owed.start_us)


class ChargeAsked(SubscriptionFact):
    """A payment method is to be charged for an invoice, under the id `charge`."""

    TOPIC: ClassVar[str] = "subscriptions.ChargeAsked"
    invoice: str
    charge: str
    money: Money
    method: SavedMethod

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.owes(self.invoice, charge=self.charge, retry_us=None)


class PaymentFailed(SubscriptionFact):
    """The money of an invoice did not come in. `code` is the provider's; `is_final`: the same
    method is not tried again; `is_owed`: it is still asked for; `goes_past_due`: so that
    `WentPastDue` follows; `status`: what the subscription is by it, where that changes."""

    TOPIC: ClassVar[str] = "subscriptions.PaymentFailed"
    invoice: str
    why: Why
    code: str
    failures: int
    is_final: bool = False
    is_owed: bool = False
    goes_past_due: bool = False
    retry_us: int | None = None
    status: Status | None = None

    def apply(self, aggregate: SubscriptionBase) -> None:
        if self.status is not None:
            aggregate.becomes(status=self.status)
        if self.is_owed:
            aggregate.owes(
                self.invoice, charge=None, failures=self.failures, retry_us=self.retry_us
            )
        else:
            aggregate.settled(self.invoice)
            parts = aggregate.subscription.parts
            aggregate.becomes(parts={name: parts[name] for name in parts if name != self.invoice})


class PeriodPaid(SubscriptionFact):
    """What a period costs came in, or it costs nothing: `lot` is its credits. `is_late`: another
    one has begun, or the subscription has ended."""

    TOPIC: ClassVar[str] = "subscriptions.PeriodPaid"
    status: Status
    start_us: int
    end_us: int
    credits: int
    invoice: str | None = None
    lot: str | None = None
    is_late: bool = False

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(status=self.status)
        if self.invoice is not None:
            aggregate.settled(self.invoice, self.lot, self.credits)
        if not self.is_late:
            lots = aggregate.subscription.lots | _lots(self.lot, self.credits)
            aggregate.becomes(lots=lots)


class PlanChanged(SubscriptionFact):
    """It is another plan from now on, or other seats; `lot` is the credits that came with it. Where
    it is less, `parts` is what is left of the period's invoices, `owed` what unpaid ones bring."""

    TOPIC: ClassVar[str] = "subscriptions.PlanChanged"
    fingerprint: str
    holding: Holding
    from_us: int
    credits: int = 0
    invoice: str | None = None
    lot: str | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    owed: dict[str, int] = field(default_factory=dict)

    def apply(self, aggregate: SubscriptionBase) -> None:
        if self.invoice is not None:
            aggregate.settled(self.invoice, self.lot, self.credits)
            aggregate.covered(self.invoice, self.from_us)
        for invoice, credits in self.owed.items():
            aggregate.owes(invoice, credits=credits)
        lots = aggregate.subscription.lots | _lots(self.lot, self.credits)
        parts = aggregate.subscription.parts | self.parts
        aggregate.becomes(holding=self.holding, next=None, lots=lots, parts=parts)


class ChangePaid(SubscriptionFact):
    """A change that had time is paid, with its credits; `is_late`: its period is over."""

    TOPIC: ClassVar[str] = "subscriptions.ChangePaid"
    invoice: str
    credits: int
    lot: str | None = None
    is_late: bool = False

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.settled(self.invoice, self.lot, self.credits)
        if not self.is_late:
            lots = aggregate.subscription.lots | _lots(self.lot, self.credits)
            aggregate.becomes(lots=lots)


class PlanChangeScheduled(SubscriptionFact):
    """It will be another plan from the next period on, or another number of seats."""

    TOPIC: ClassVar[str] = "subscriptions.PlanChangeScheduled"
    fingerprint: str
    holding: Holding
    at_us: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(next=self.holding, is_canceled=False, is_pausing=False)


class CancellationScheduled(SubscriptionFact):
    """It will end with its period."""

    TOPIC: ClassVar[str] = "subscriptions.CancellationScheduled"
    fingerprint: str
    at_us: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(is_canceled=True, is_pausing=False, next=None)


class CancellationWithdrawn(SubscriptionFact):
    """What was to come with the end of the period does not: it goes on as it is."""

    TOPIC: ClassVar[str] = "subscriptions.CancellationWithdrawn"
    fingerprint: str

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(is_canceled=False, is_pausing=False, next=None)


class PauseScheduled(SubscriptionFact):
    """It will be paused from the end of its period on."""

    TOPIC: ClassVar[str] = "subscriptions.PauseScheduled"
    fingerprint: str
    at_us: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(is_pausing=True, is_canceled=False, next=None)


class SubscriptionPaused(SubscriptionFact):
    """No period follows until it is resumed; what holds meanwhile is the free plan."""

    TOPIC: ClassVar[str] = "subscriptions.SubscriptionPaused"
    paused_us: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(status=Status.PAUSED, is_pausing=False, lots={})


class CouponApplied(SubscriptionFact):
    """A coupon was redeemed: it is taken off the periods to come."""

    TOPIC: ClassVar[str] = "subscriptions.CouponApplied"
    fingerprint: str
    coupon: HeldCoupon

    def apply(self, aggregate: SubscriptionBase) -> None:
        redeemed = [*aggregate.subscription.redeemed, self.coupon.published.coupon.id]
        aggregate.becomes(coupon=self.coupon, redeemed=redeemed)


class CouponReturned(SubscriptionFact):
    """The subscription that a coupon was redeemed for never began: it was not."""

    TOPIC: ClassVar[str] = "subscriptions.CouponReturned"
    coupon: str
    redemption: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        redeemed = [each for each in aggregate.subscription.redeemed if each != self.coupon]
        aggregate.becomes(coupon=None, redeemed=redeemed)


class MethodChanged(SubscriptionFact):
    """Another payment method is charged from now on."""

    TOPIC: ClassVar[str] = "subscriptions.MethodChanged"
    fingerprint: str
    method: SavedMethod

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(method=self.method)


class WentPastDue(SubscriptionFact):
    """What is owed for a period was not paid for so long that it is tried no more."""

    TOPIC: ClassVar[str] = "subscriptions.WentPastDue"
    invoice: str

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(status=Status.PAST_DUE)
        aggregate.reminds_no_more(self.invoice)


class SubscriptionEnded(SubscriptionFact):
    """It is over; what is owed stays so, and `owed` is the credits that its payment brings then.
    `invoice`: for want of whose payment, where it had begun."""

    TOPIC: ClassVar[str] = "subscriptions.SubscriptionEnded"
    fingerprint: str
    why: End
    ended_us: int
    owed: dict[str, int] = field(default_factory=dict)
    invoice: str | None = None

    def apply(self, aggregate: SubscriptionBase) -> None:
        for invoice, credits in self.owed.items():
            aggregate.owes(invoice, credits=credits)
        aggregate.becomes(
            status=Status.ENDED, next=None, is_canceled=False, is_pausing=False, end=self.why
        )
