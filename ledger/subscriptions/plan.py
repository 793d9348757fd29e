"""The plan: what a subscription costs in a period, what it includes, and what it allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import (
    AMOUNT_MAX,
    CREDITS_PRICE_MAX,
    ENTITLEMENTS_MAX,
    INTERVALS_MAX,
    NET_DAYS_MAX,
    PLAN_PRICE_MAX,
    QUANTITY_MAX,
    ROLL_OVER_DAYS_MAX,
    SEATS_MAX,
    TRIAL_DAYS_MAX,
)
from ledger.kernel.money import CREDIT, format_amount, scale_of

FREE = "free"
"""The plan of whoever has no subscription: it costs nothing."""

PLAN_PATTERN = r"[a-z0-9][a-z0-9-]{0,62}"
NAME_PATTERN = r"[a-z][a-z0-9_]{0,63}"
_PLAN, _NAME = re.compile(PLAN_PATTERN), re.compile(NAME_PATTERN)

INCLUDED_MAX = AMOUNT_MAX // 4
"""Most microcredits that a period includes: a wallet can hold some periods of them."""

OVERAGE_PRICES = {"usd": 100}
"""What 1,000 credits of overage cost where the plan does not say, by the currency."""

Entitlement: TypeAlias = bool | int | str
"""That something is allowed, up to which number, or of which kind."""


class Interval(StrEnum):
    """What a period is counted in."""

    MONTH = "month"
    YEAR = "year"


class Overage(StrEnum):
    """What becomes of use beyond the credits: it is refused, or paid for after the period."""

    BLOCKED = "blocked"
    PAY_AS_YOU_GO = "pay_as_you_go"
    INVOICE = "invoice"


class AfterTrial(StrEnum):
    """What a trial ends in by itself."""

    PAYMENT = "payment"
    FREE = "free"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan. Amounts of money in the smallest unit of `currency`, credits in microcredits.

    `price`: of a period; None: agreed on with each org, whose own version of the plan has it.
    `roll_over_days`: how long the included credits last after their period; 0: they end with it.
    `seat_price`: of each seat beyond `seats_included`; None: there are no more.
    `overage_price`: of 1,000 credits. `limits`: requests a minute, by the class of routes.
    `stripe_seat_price_id`: Stripe's price of a seat beyond `seats_included`; None: there is one
    price, of each seat.
    `is_pooled`: the credits go into the org's pool.
    """

    id: str
    name: str
    currency: str = "usd"
    price: int | None = None
    interval: Interval = Interval.MONTH
    interval_count: int = 1
    credits_included: int = 0
    roll_over_days: int = 90
    is_pooled: bool = False
    seats_included: int = 1
    seat_price: int | None = None
    trial_days: int = 0
    after_trial: AfterTrial = AfterTrial.PAYMENT
    overage: Overage = Overage.BLOCKED
    overage_price: int | None = None
    overage_limit: int | None = None
    net_days: int = 0
    entitlements: dict[str, Entitlement] = {}
    limits: dict[str, int] = {}
    stripe_price_id: str | None = None
    tax_category: str = "saas"
    stripe_seat_price_id: str | None = None


class PublishedPlan(msgspec.Struct, frozen=True):
    """A plan, which version of its org's book it is, and whose."""

    org: str
    version: int
    plan: Plan


def checked(plan: Plan) -> Plan:
    """Return a plan that can be published, its price of overage filled in. Raises Invalid."""
    if not _PLAN.fullmatch(plan.id):
        raise Invalid(
            "id must be 1 to 63 of the characters a-z 0-9 - and begin with a letter or a digit.",
            field="id",
        )
    check_text(plan.name, "name")
    if plan.currency == CREDIT:
        raise Invalid("currency must be one of money, such as usd.", field="currency")
    scale_of(plan.currency, "currency")
    _check_prices(plan)
    _check_counts(plan)
    _check_names(plan)
    if plan.id == FREE:
        _check_free(plan)
    return _with_overage(plan)


def _check_prices(plan: Plan) -> None:
    for field, amount in (("price", plan.price), ("seat_price", plan.seat_price)):
        if amount is not None and not 0 <= amount <= PLAN_PRICE_MAX:
            limit = format_amount(PLAN_PRICE_MAX, plan.currency)
            raise Invalid(f"{field} must be at most {limit} {plan.currency}.", field=field)
    if plan.seat_price is not None and plan.price is None:
        raise Invalid("seat_price goes with a price.", field="seat_price")


def _check_counts(plan: Plan) -> None:
    for field, count, least, limit in (
        ("interval_count", plan.interval_count, 1, INTERVALS_MAX),
        ("roll_over_days", plan.roll_over_days, 0, ROLL_OVER_DAYS_MAX),
        ("seats_included", plan.seats_included, 1, SEATS_MAX),
        ("trial_days", plan.trial_days, 0, TRIAL_DAYS_MAX),
        ("net_days", plan.net_days, 0, NET_DAYS_MAX),
    ):
        if not least <= count <= limit:
            raise Invalid(f"{field} must be {least} to {limit}.", field=field)
    if not 0 <= plan.credits_included <= INCLUDED_MAX:
        credits = format_amount(INCLUDED_MAX, CREDIT)
        raise Invalid(f"credits_included must be at most {credits}.", field="credits_included")


def _check_names(plan: Plan) -> None:
    _check_each(plan.entitlements, "entitlements")
    for name, value in plan.entitlements.items():
        field = f"entitlements.{name}"
        if isinstance(value, str):
            check_text(value, field)
        elif not 0 <= value <= QUANTITY_MAX:
            raise Invalid(f"{field} must be at most {QUANTITY_MAX}.", field=field)
    _check_each(plan.limits, "limits")
    for name, limit in plan.limits.items():
        if not 1 <= limit <= QUANTITY_MAX:
            raise Invalid(f"limits.{name} must be 1 to {QUANTITY_MAX}.", field=f"limits.{name}")
    if not _NAME.fullmatch(plan.tax_category):
        raise Invalid(f"tax_category must be {_FORM}.", field="tax_category")
    if plan.stripe_price_id is not None:
        check_text(plan.stripe_price_id, "stripe_price_id")
    if plan.stripe_seat_price_id is not None:
        check_text(plan.stripe_seat_price_id, "stripe_seat_price_id")
        is_alone = plan.stripe_price_id in (None, plan.stripe_seat_price_id)
        if is_alone or plan.seat_price is None:
            raise Invalid(
                "stripe_seat_price_id goes with a seat_price, and with another stripe_price_id.",
                field="stripe_seat_price_id",
            )


_FORM = "1 to 64 of the characters a-z 0-9 _ and begin with a letter"


def _check_each(named: Mapping[str, object], field: str) -> None:
    if len(named) > ENTITLEMENTS_MAX:
        raise Invalid(f"{field} must be at most {ENTITLEMENTS_MAX}.", field=field)
    if not all(_NAME.fullmatch(name) for name in named):
        raise Invalid(f"each name of {field} must be {_FORM}.", field=field)


def _check_free(plan: Plan) -> None:
    """Check the plan that everybody has who has no other: there is nothing in it to be paid."""
    if plan.price != 0:
        raise Invalid("the plan free costs nothing: price must be 0.", field="price")
    if plan.seat_price:
        raise Invalid("the plan free has no seats to be paid.", field="seat_price")
    if plan.trial_days:
        raise Invalid("the plan free needs no trial.", field="trial_days")
    if plan.overage is not Overage.BLOCKED:
        raise Invalid("the plan free has no overage: blocked.", field="overage")


def _with_overage(plan: Plan) -> Plan:
    if plan.overage is Overage.BLOCKED:
        for field, given in (
            ("overage_price", plan.overage_price),
            ("overage_limit", plan.overage_limit),
        ):
            if given is not None:
                raise Invalid(f"{field} goes with an overage that is paid.", field=field)
        return plan
    price = plan.overage_price or OVERAGE_PRICES.get(plan.currency)
    if price is None:
        raise Invalid(
            f"overage_price is required: what 1,000 credits cost in {plan.currency}.",
            field="overage_price",
        )
    if price > CREDITS_PRICE_MAX:
        limit = format_amount(CREDITS_PRICE_MAX, plan.currency)
        raise Invalid(f"overage_price must be at most {limit}.", field="overage_price")
    return msgspec.structs.replace(plan, overage_price=price)
