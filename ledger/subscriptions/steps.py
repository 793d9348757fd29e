"""The steps of a subscription that payments, people and time lead to: it changes, and it ends."""

from __future__ import annotations

from datetime import datetime

from ledger.kernel.times import microseconds
from ledger.subscriptions.coupon import HeldCoupon
from ledger.subscriptions.lessening import UNCHANGED, Lessened
from ledger.subscriptions.subscription_base import End, Holding, SubscriptionBase
from ledger.subscriptions.subscription_facts import (
    CouponApplied,
    CouponReturned,
    PlanChanged,
    SubscriptionEnded,
)


def change(
    subscription: SubscriptionBase,
    holding: Holding,
    at: datetime,
    from_us: int,
    *,
    credits: int = 0,
    lot: str | None = None,
    invoice: str | None = None,
    lessened: Lessened = UNCHANGED,
    fingerprint: str = "",
) -> None:
    """Hold something else from now on, with the credits that come with it; it is paid for from
    `from_us`, or costs nothing more, or less."""
    subscription.trigger_event(
        PlanChanged,
        timestamp=at,
        user=subscription.user,
        fingerprint=fingerprint,
        holding=holding,
        from_us=from_us,
        credits=credits,
        lot=lot,
        invoice=invoice,
        parts=lessened.parts,
        owed=lessened.owed,
    )


def end(
    subscription: SubscriptionBase,
    why: End,
    at: datetime,
    *,
    ended_us: int | None = None,
    owed: dict[str, int] | None = None,
    invoice: str | None = None,
    fingerprint: str = "",
) -> None:
    """End it; `owed`: the credits that what is owed brings then; `invoice`: for want of whose
    payment."""
    subscription.trigger_event(
        SubscriptionEnded,
        timestamp=at,
        user=subscription.user,
        fingerprint=fingerprint,
        why=why,
        ended_us=microseconds(at) if ended_us is None else ended_us,
        owed=owed or {},
        invoice=invoice,
    )


def end_unpaid(subscription: SubscriptionBase, at: datetime) -> None:
    """End what never began for want of money; the coupon that was redeemed for it is not used."""
    end(subscription, End.NOT_PAID, at)
    now = subscription.subscription
    if now.coupon is not None and now.coupon.number == now.number:
        subscription.trigger_event(
            CouponReturned,
            timestamp=at,
            user=subscription.user,
            coupon=now.coupon.published.coupon.id,
            redemption=now.coupon.redemption,
        )


def apply_coupon(
    subscription: SubscriptionBase, coupon: HeldCoupon, at: datetime, *, fingerprint: str = ""
) -> None:
    """Take a coupon off the periods to come."""
    subscription.trigger_event(
        CouponApplied,
        timestamp=at,
        user=subscription.user,
        fingerprint=fingerprint,
        coupon=coupon,
    )
