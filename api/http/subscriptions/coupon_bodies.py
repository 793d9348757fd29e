"""Bodies of requests about coupons, as their senders write them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends
from pydantic import Field, WithJsonSchema

from api.http.fields import Amount, Asset, Body, Label, Time, checked
from api.http.requests import JsonBody
from api.http.subscriptions.plan_id import PlanId
from ledger.invoices.item import WHOLE_BPS
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import COUPON_PERIODS_MAX, PLANS_MAX, QUANTITY_MAX
from ledger.kernel.money import parse_amount, scale_of
from ledger.subscriptions.coupon import COUPON_PATTERN, Coupon

FOR_EVER = "for_ever"


def _in_capitals(value: object, field: str) -> str:
    return check_text(value, field).upper()


def _periods(value: object, field: str) -> object:
    is_count = isinstance(value, int) and not isinstance(value, bool)
    if value == FOR_EVER or (is_count and 1 <= int(str(value)) <= COUPON_PERIODS_MAX):
        return value
    raise Invalid(f"{field} must be 1 to {COUPON_PERIODS_MAX}, or {FOR_EVER}.", field=field)


CouponId = Annotated[
    str,
    checked(_in_capitals),
    WithJsonSchema({"type": "string", "pattern": f"^{COUPON_PATTERN}$"}),
]
"""In capital letters, however it is written."""

Periods = Annotated[
    int | Literal["for_ever"],
    checked(_periods),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "integer", "minimum": 1, "maximum": COUPON_PERIODS_MAX},
                {"type": "string", "const": FOR_EVER},
            ]
        }
    ),
]


class CouponBody(Body):
    """A coupon. It takes `bps`, basis points, or an `amount` in `currency` off the price of a plan,
    in the first of its `periods` to come, in so many, or `for_ever`. `redemptions_max`: how often
    it can be redeemed; `until`: until when; `plans`: for which, or without any for all."""

    id: CouponId
    name: Label | None = None
    bps: Annotated[int, Field(ge=1, le=WHOLE_BPS)] | None = None
    amount: Amount | None = None
    currency: Asset | None = None
    periods: Periods = 1
    redemptions_max: Annotated[int, Field(ge=0, le=QUANTITY_MAX)] | None = None
    until: Time | None = None
    plans: Annotated[list[PlanId], Field(max_length=PLANS_MAX)] | None = None


def coupon_of(body: CouponBody) -> Coupon:
    """Return the coupon that a body says. Raises Invalid."""
    currency, amount = None, None
    if body.currency is not None:
        currency = str(body.currency)
        scale_of(body.currency, "currency")
    if body.amount is not None:
        if currency is None:
            raise Invalid("currency is required: that of the amount.", field="currency")
        amount = parse_amount(body.amount, currency, "amount")
    return Coupon(
        id=body.id,
        name=body.name or body.id,
        bps=body.bps,
        amount=amount,
        currency=currency,
        periods=None if isinstance(body.periods, str) else body.periods,
        redemptions_max=body.redemptions_max,
        until_us=body.until,
        plans=body.plans or [],
    )


CouponAsked = Annotated[CouponBody, Depends(JsonBody(CouponBody))]
