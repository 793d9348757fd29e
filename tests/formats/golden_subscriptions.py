"""The part of the golden story that is about subscriptions: every fact of them, every field with
and without."""

from __future__ import annotations

from api.commands.command import Command
from ledger.subscriptions.plan import AfterTrial, Interval, Overage
from ledger.subscriptions.plan_book import PlanBook
from tests.scenarios.commands import ORG
from tests.scenarios.subscription_commands import publish_plan


def subscriptions() -> list[Command[object]]:
    """Plans with everything that one may have, and with nothing."""
    return [
        publish_plan(key="bare plan", org=ORG),
        publish_plan("agreed", None, key="agreed plan"),
        publish_plan(
            "all",
            12_000,
            key="whole plan",
            org=ORG,
            currency="eur",
            interval=Interval.YEAR,
            interval_count=2,
            credits_included=10**12,
            roll_over_days=30,
            is_pooled=True,
            seats_included=3,
            seat_price=1_500,
            trial_days=14,
            after_trial=AfterTrial.FREE,
            overage=Overage.INVOICE,
            overage_price=90,
            overage_limit=10**11,
            net_days=30,
            entitlements={"models": "all", "export": True, "projects": 7},
            limits={"requests": 60},
            stripe_price_id="price_1",
            tax_category="api",
        ),
    ]


OfSubscriptions = PlanBook
"""The aggregates of subscriptions."""


def state_of_subscriptions(aggregate: OfSubscriptions) -> list[object]:
    """What an aggregate of subscriptions remembers."""
    return [aggregate.plans]
