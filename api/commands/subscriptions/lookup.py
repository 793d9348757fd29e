"""Lookup of plans, and of what payers hold."""

from __future__ import annotations

from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import PLATFORM
from ledger.subscriptions.coupon_book import CouponBook, coupon_id
from ledger.subscriptions.default_plans import DEFAULT_PLANS
from ledger.subscriptions.plan import PublishedPlan
from ledger.subscriptions.plan_book import PlanBook, plans_id
from ledger.subscriptions.policy import Policy
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_policy import SubscriptionPolicy, policy_id


def plan_of(unit: UnitOfWork, org: str, plan: str) -> PublishedPlan:
    """Return the plan of an id: the org's own, else the platform's, else the default one."""
    for each in (org, PLATFORM):
        book = unit.get(PlanBook, plans_id(each))
        found = book.plans.get(plan) if book else None
        if found is not None:
            return found
    if plan not in DEFAULT_PLANS:
        raise NotFound("there is no plan of that id.", field="plan")
    return DEFAULT_PLANS[plan]


def policy_of(unit: UnitOfWork, org: str) -> Policy:
    """Return what an org has decided of subscriptions, or what holds where it has not."""
    found = unit.get(SubscriptionPolicy, policy_id(org))
    return found.policy if found else Policy()


def find_coupon(unit: UnitOfWork, org: str, coupon: str) -> CouponBook:
    """Return a coupon of an org. Refused where there is none of that id."""
    found = unit.get(CouponBook, coupon_id(org, coupon))
    if found is None:
        raise NotFound("there is no coupon of that id.", field="coupon")
    return found


def plan_of_price(unit: UnitOfWork, org: str, price: str) -> PublishedPlan:
    """Return the plan that a price of Stripe's is of: the org's own, else the platform's. Raises
    Conflict."""
    for each in (org, PLATFORM):
        book = unit.get(PlanBook, plans_id(each))
        for found in book.plans.values() if book else ():
            if found.plan.stripe_price_id == price:
                return found
    raise Conflict(
        f"no plan has the stripe_price_id {price}: publish the one that has it, then try again.",
        field="plan",
    )


def subscription_of(unit: UnitOfWork, org: str, user: str) -> Subscription:
    """Return what a payer holds; who never held anything begins to."""
    found = unit.get(Subscription, subscription_id(org, user))
    return found or Subscription.open(org, user, unit.now(org))


def find_subscription(unit: UnitOfWork, org: str, user: str) -> Subscription:
    """Return what a payer holds. Refused where they never held anything."""
    found = unit.get(Subscription, subscription_id(org, user))
    if found is None:
        raise NotFound("there is no subscription.", field="user")
    return found
