"""Redeeming: when a payer may redeem a coupon, and what they hold with one."""

from __future__ import annotations

from ledger.kernel.errors import Conflict
from ledger.kernel.limits import COUPONS_PER_PAYER_MAX
from ledger.subscriptions.coupon import HeldCoupon
from ledger.subscriptions.subscription_base import Holding, Status, SubscriptionState


def check_may_redeem(now: SubscriptionState, coupon: str) -> None:
    """Raise Conflict where a payer has redeemed a coupon before, or another one is still taken
    off."""
    if coupon in now.redeemed:
        raise Conflict("the coupon was redeemed before: each payer can once.", field="coupon")
    is_taken_off = now.coupon is not None and now.coupon.left != 0
    if is_taken_off and now.status is not Status.ENDED:
        raise Conflict("another coupon is still taken off.", field="coupon")
    if len(now.redeemed) >= COUPONS_PER_PAYER_MAX:
        raise Conflict(
            f"{COUPONS_PER_PAYER_MAX} coupons were redeemed: one payer can no more.",
            field="coupon",
        )


def begun(now: SubscriptionState, holding: Holding, coupon: HeldCoupon | None) -> Holding:
    """Return what is held in a first period: with the coupon that is redeemed for it, or that is
    left from before a pause."""
    before = now.coupon if now.status is Status.PAUSED else None
    return holding.with_coupon(coupon or before)


def is_charged(holding: Holding, coupon: HeldCoupon | None) -> bool:
    """Tell whether something is to be charged for a plan, in this period or a later one."""
    for_ever = coupon if coupon is not None and coupon.left is None else None
    return bool(holding.with_coupon(for_ever).price) and not holding.plan.plan.net_days
