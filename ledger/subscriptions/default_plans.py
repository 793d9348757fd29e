"""The default plans: those that hold where neither the org nor the platform has said otherwise."""

from __future__ import annotations

from ledger.kernel.ids import PLATFORM
from ledger.kernel.money import CREDIT_SCALE
from ledger.subscriptions.plan import FREE, Overage, Plan, PublishedPlan, checked

_CREDITS = 10**CREDIT_SCALE

DEFAULT_PLANS: dict[str, PublishedPlan] = {
    plan.id: PublishedPlan(PLATFORM, 0, checked(plan))
    for plan in (
        Plan(
            id=FREE,
            name="Free",
            price=0,
            credits_included=1_000 * _CREDITS,
            roll_over_days=0,
            entitlements={"models": "standard"},
            limits={"requests": 3},
        ),
        Plan(
            id="pro",
            name="Pro",
            price=2_000,
            credits_included=50_000 * _CREDITS,
            overage=Overage.PAY_AS_YOU_GO,
            entitlements={"models": "all"},
            limits={"requests": 60},
        ),
        Plan(
            id="team",
            name="Team",
            price=10_000,
            credits_included=150_000 * _CREDITS,
            is_pooled=True,
            seats_included=5,
            seat_price=1_500,
            overage=Overage.PAY_AS_YOU_GO,
            entitlements={"models": "all"},
            limits={"requests": 120},
        ),
        Plan(
            id="enterprise",
            name="Enterprise",
            is_pooled=True,
            overage=Overage.INVOICE,
            net_days=30,
            entitlements={"models": "all"},
        ),
    )
}
"""By their ids, in order of what they cost."""
