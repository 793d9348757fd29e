"""The coupon: what is taken off the price of a plan's periods, of how many, and how often it can be
redeemed."""

from __future__ import annotations

import re

import msgspec

from ledger.invoices.item import WHOLE_BPS, Discount
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import (
    COUPON_PERIODS_MAX,
    PLAN_PRICE_MAX,
    PLANS_MAX,
    QUANTITY_MAX,
)
from ledger.kernel.money import CREDIT, format_amount, scale_of
from ledger.kernel.times import format_time
from ledger.subscriptions.plan import Plan

COUPON_PATTERN = r"[A-Z0-9][A-Z0-9_-]{0,62}"
_COUPON = re.compile(COUPON_PATTERN)


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon. `bps`: basis points of the price of a plan, or `amount`: so much of it in
    `currency`, never more than it is. `periods`: of how many; None: for ever. `redemptions_max`:
    how often it can be redeemed; `until_us`: until when. `plans`: for which; none: for all.
    """

    id: str
    name: str
    bps: int | None = None
    amount: int | None = None
    currency: str | None = None
    periods: int | None = 1
    redemptions_max: int | None = None
    until_us: int | None = None
    plans: list[str] = []

    def suits(self, plan: Plan) -> bool:
        """Tell whether it takes something off a plan."""
        is_same_money = self.currency is None or self.currency == plan.currency
        return bool(plan.price) and is_same_money and (not self.plans or plan.id in self.plans)

    def discount(self, places: list[int]) -> Discount:
        """Return what it takes off the items at some places of an invoice."""
        return Discount(name=self.name, bps=self.bps, amount=self.amount, items=places)


class PublishedCoupon(msgspec.Struct, frozen=True):
    """A coupon, and which version of it."""

    version: int
    coupon: Coupon


class HeldCoupon(msgspec.Struct, frozen=True):
    """A coupon that a payer has redeemed, in the version of then. `redemption`: its number among
    all of the coupon; `number`: that of the payer's subscription it was redeemed for; `left`: off
    how many periods to come it is still taken; None: off all."""

    published: PublishedCoupon
    redemption: int
    number: int
    left: int | None

    def used(self) -> HeldCoupon:
        """Return what it is after one period more."""
        return msgspec.structs.replace(self, left=self.left and self.left - 1)


def checked_coupon(coupon: Coupon) -> Coupon:
    """Return a coupon that can be published. Raises Invalid."""
    if not _COUPON.fullmatch(coupon.id):
        raise Invalid(
            "id must be 1 to 63 of the characters A-Z 0-9 _ - and begin with a letter or a digit.",
            field="id",
        )
    check_text(coupon.name, "name")
    if (coupon.bps is None) == (coupon.amount is None):
        raise Invalid("it must have bps, or an amount: one of them.", field="bps")
    if coupon.bps is not None:
        _check_count(coupon.bps, 1, WHOLE_BPS, "bps")
    _check_money(coupon)
    if coupon.periods is not None:
        _check_count(coupon.periods, 1, COUPON_PERIODS_MAX, "periods")
    if coupon.redemptions_max is not None:
        _check_count(coupon.redemptions_max, 0, QUANTITY_MAX, "redemptions_max")
    _check_plans(coupon.plans)
    return coupon


def check_redeemable(coupon: Coupon, redeemed: int, plan: Plan, at_us: int) -> None:
    """Raise Conflict where a coupon cannot be redeemed any more, and Invalid where it is not for a
    plan."""
    if coupon.until_us is not None and at_us >= coupon.until_us:
        raise Conflict(
            f"the coupon could be redeemed until {format_time(coupon.until_us)}.", field="coupon"
        )
    if coupon.redemptions_max is not None and redeemed >= coupon.redemptions_max:
        raise Conflict(
            "the coupon was redeemed as often as it can be: there is none left.", field="coupon"
        )
    if not coupon.suits(plan):
        raise Invalid("the coupon takes nothing off that plan.", field="coupon")


def _check_money(coupon: Coupon) -> None:
    if coupon.amount is None:
        if coupon.currency is not None:
            raise Invalid("currency goes with an amount.", field="currency")
        return
    if coupon.currency is None:
        raise Invalid("currency is required: that of the amount.", field="currency")
    if coupon.currency == CREDIT:
        raise Invalid("currency must be one of money, such as usd.", field="currency")
    scale_of(coupon.currency, "currency")
    if not 0 < coupon.amount <= PLAN_PRICE_MAX:
        limit = format_amount(PLAN_PRICE_MAX, coupon.currency)
        raise Invalid(f"amount must be more than zero, at most {limit}.", field="amount")


def _check_plans(plans: list[str]) -> None:
    if len(plans) > PLANS_MAX or len(set(plans)) != len(plans):
        raise Invalid(f"plans must be at most {PLANS_MAX}, each once.", field="plans")
    for place, plan in enumerate(plans):
        check_text(plan, f"plans.{place}")


def _check_count(count: int, least: int, limit: int, field: str) -> None:
    if not least <= count <= limit:
        raise Invalid(f"{field} must be {least} to {limit}.", field=field)
