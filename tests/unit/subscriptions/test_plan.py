"""A plan is refused by the name of the field that is wrong; the default ones can all be
published."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import ENTITLEMENTS_MAX, PLAN_PRICE_MAX, QUANTITY_MAX, SEATS_MAX
from ledger.subscriptions.default_plans import DEFAULT_PLANS
from ledger.subscriptions.plan import FREE, INCLUDED_MAX, Overage, checked
from tests.scenarios.subscription_commands import plan

PAID: Any = {"overage": Overage.PAY_AS_YOU_GO}
SEATS: Any = {"stripe_price_id": "price_1", "stripe_seat_price_id": "price_2", "seat_price": 1}


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("id", {"id": "Pro"}),
        ("id", {"id": ""}),
        ("id", {"id": "a" * 64}),
        ("currency", {"currency": "credit"}),
        ("currency", {"currency": "dollars"}),
        ("price", {"price": -1}),
        ("price", {"price": PLAN_PRICE_MAX + 1}),
        ("seat_price", {"seat_price": PLAN_PRICE_MAX + 1}),
        ("seat_price", {"price": None, "seat_price": 1}),
        ("interval_count", {"interval_count": 0}),
        ("interval_count", {"interval_count": 25}),
        ("credits_included", {"credits_included": -1}),
        ("credits_included", {"credits_included": INCLUDED_MAX + 1}),
        ("roll_over_days", {"roll_over_days": 3_651}),
        ("seats_included", {"seats_included": 0}),
        ("seats_included", {"seats_included": SEATS_MAX + 1}),
        ("trial_days", {"trial_days": 731}),
        ("net_days", {"net_days": -1}),
        ("overage_price", {"overage_price": 1}),
        ("overage_limit", {"overage_limit": 1}),
        ("overage_price", PAID | {"currency": "eur"}),
        ("overage_price", PAID | {"overage_price": 1_000_001}),
        ("entitlements", {"entitlements": {"Models": True}}),
        ("entitlements", {"entitlements": {f"n{n}": 1 for n in range(ENTITLEMENTS_MAX + 1)}}),
        ("entitlements.models", {"entitlements": {"models": ""}}),
        ("entitlements.models", {"entitlements": {"models": "a\u202eb"}}),
        ("entitlements.seats", {"entitlements": {"seats": QUANTITY_MAX + 1}}),
        ("limits.requests", {"limits": {"requests": 0}}),
        ("tax_category", {"tax_category": "a b"}),
        ("stripe_price_id", {"stripe_price_id": "\0"}),
        ("stripe_seat_price_id", SEATS | {"stripe_seat_price_id": "\0"}),
        ("stripe_seat_price_id", SEATS | {"stripe_seat_price_id": "price_1"}),
        ("stripe_seat_price_id", SEATS | {"stripe_price_id": None}),
        ("stripe_seat_price_id", SEATS | {"seat_price": None}),
        ("price", {"id": FREE, "price": 1}),
        ("price", {"id": FREE, "price": None}),
        ("seat_price", {"id": FREE, "price": 0, "seat_price": 1}),
        ("trial_days", {"id": FREE, "price": 0, "trial_days": 1}),
        ("overage", {"id": FREE, "price": 0} | PAID),
    ],
)
def test_what_a_plan_may_not_be_is_named(field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        checked(plan(**fields))
    assert refused.value.field == field


def test_the_edges_are_taken() -> None:
    checked(plan("a" * 63, PLAN_PRICE_MAX, seats_included=SEATS_MAX, seat_price=PLAN_PRICE_MAX))
    checked(plan(credits_included=INCLUDED_MAX, roll_over_days=3_650, interval_count=24))
    checked(plan(price=None, entitlements={"a": False, "b": 0, "c": "x"}))


def test_overage_in_dollars_costs_a_dollar_unless_the_plan_says_otherwise() -> None:
    assert checked(plan(**PAID)).overage_price == 100
    assert checked(plan(**PAID, overage_price=90)).overage_price == 90
    assert checked(plan(**PAID, currency="eur", overage_price=90)).overage_price == 90


def test_the_default_plans_can_be_published() -> None:
    assert list(DEFAULT_PLANS) == ["free", "pro", "team", "enterprise"]
    prices = [each.plan.price for each in DEFAULT_PLANS.values()]
    assert prices == [0, 2_000, 10_000, None]
    for each in DEFAULT_PLANS.values():
        assert checked(each.plan) == each.plan
