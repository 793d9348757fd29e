"""Answers about coupons."""

from __future__ import annotations

from api.http.answers import Amount, Answer, Time, time_or_null
from ledger.kernel.money import format_amount
from ledger.subscriptions.coupon import PublishedCoupon


class CouponAnswer(Answer):
    """A coupon: `bps` of the price of a plan, or an `amount`, off so many `periods`; null: off all.
    `redeemed`: how often it is, of `redemptions_max`; null: it has no limit."""

    id: str
    version: int
    name: str
    bps: int | None
    amount: Amount | None
    currency: str | None
    periods: int | None
    redemptions_max: int | None
    redeemed: int
    until: Time | None
    plans: list[str]


class CouponsAnswer(Answer):
    """A page of coupons, by their ids."""

    data: list[CouponAnswer]
    next_cursor: str | None


def coupon_answer(published: PublishedCoupon, redeemed: int) -> CouponAnswer:
    """Return a coupon as it is answered."""
    coupon = published.coupon
    amount = None
    if coupon.amount is not None and coupon.currency is not None:
        amount = format_amount(coupon.amount, coupon.currency)
    return CouponAnswer(
        coupon.id,
        published.version,
        coupon.name,
        coupon.bps,
        amount,
        coupon.currency,
        coupon.periods,
        coupon.redemptions_max,
        redeemed,
        time_or_null(coupon.until_us),
        coupon.plans,
    )
