"""The holding: what somebody would have of a plan, if they may."""

from __future__ import annotations

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import POOL
from ledger.kernel.limits import SEATS_MAX
from ledger.subscriptions.plan import PublishedPlan
from ledger.subscriptions.subscription_base import Holding


def holding_of(plan: PublishedPlan, seats: int | None, user: str) -> Holding:
    """Return what somebody would have of a plan, with so many seats. Raises Invalid."""
    terms = plan.plan
    if terms.price is None:
        raise Invalid("its price is agreed on: publish the plan with one first.", field="plan")
    if terms.is_pooled and user != POOL:
        raise Invalid("the plan is for the pool: user must be @pool.", field="user")
    count = terms.seats_included if seats is None else seats
    if not terms.seats_included <= count <= SEATS_MAX:
        raise Invalid(f"seats must be {terms.seats_included} to {SEATS_MAX}.", field="seats")
    if count > terms.seats_included and terms.seat_price is None:
        raise Invalid(f"the plan has {terms.seats_included} seats and no more.", field="seats")
    return Holding(plan, count)
