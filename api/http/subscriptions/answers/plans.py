"""Answers about plans."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, one_of
from ledger.kernel.money import format_amount, format_credits
from ledger.subscriptions.plan import (
    AfterTrial,
    Entitlement,
    Interval,
    Overage,
    Plan,
    PublishedPlan,
)


class PlanAnswer(Answer):
    """A plan. `version` 0: nobody has published another one; `org`: whose it is. `price` null: it
    is agreed on with each org."""

    id: str
    name: str
    org: str
    version: int
    currency: str
    price: Amount | None
    interval: Annotated[str, one_of(Interval)]
    interval_count: int
    credits_included: Amount
    roll_over_days: int
    pooled: bool
    seats_included: int
    seat_price: Amount | None
    trial_days: int
    after_trial: Annotated[str, one_of(AfterTrial)]
    overage: Annotated[str, one_of(Overage)]
    overage_price: Amount | None
    overage_limit: Amount | None
    net_days: int
    entitlements: dict[str, Entitlement]
    limits: dict[str, int]
    stripe_price_id: str | None
    stripe_seat_price_id: str | None
    tax_category: str


class PlansAnswer(Answer):
    """The plans that hold for the org."""

    data: list[PlanAnswer]


def plan_answer(published: PublishedPlan) -> PlanAnswer:
    """Return a plan as it is answered."""
    plan = published.plan
    return PlanAnswer(
        plan.id,
        plan.name,
        published.org,
        published.version,
        plan.currency,
        _money(plan, plan.price),
        plan.interval,
        plan.interval_count,
        format_credits(plan.credits_included),
        plan.roll_over_days,
        plan.is_pooled,
        plan.seats_included,
        _money(plan, plan.seat_price),
        plan.trial_days,
        plan.after_trial,
        plan.overage,
        _money(plan, plan.overage_price),
        None if plan.overage_limit is None else format_credits(plan.overage_limit),
        plan.net_days,
        plan.entitlements,
        plan.limits,
        plan.stripe_price_id,
        plan.stripe_seat_price_id,
        plan.tax_category,
    )


def _money(plan: Plan, amount: int | None) -> str | None:
    return None if amount is None else format_amount(amount, plan.currency)
