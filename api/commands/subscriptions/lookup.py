"""Lookup of plans, and of what payers hold."""

from __future__ import annotations

from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import PLATFORM
from ledger.subscriptions.coupon_book import CouponBook, coupon_id
from ledger.subscriptions.default_plans import DEFAULT_PLANS
from ledger.subscriptions.mirrored import Mirrored, MirroredItem
from ledger.subscriptions.mirroring import RUNNING, of_plan
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


def plans_sold(unit: UnitOfWork, org: str) -> dict[str, PublishedPlan]:
    """Return the plans that a provider sells, by its price: the org's own, else the platform's."""
    found: dict[str, PublishedPlan] = {}
    for each in (PLATFORM, org):
        book = unit.get(PlanBook, plans_id(each))
        for published in book.plans.values() if book else ():
            if published.plan.stripe_price_id is not None:
                found[published.plan.stripe_price_id] = published
    return found


def plan_of_price(unit: UnitOfWork, org: str, price: str) -> PublishedPlan:
    """Return the plan that a price of Stripe's is of. Raises Conflict."""
    found = plans_sold(unit, org).get(price)
    if found is None:
        raise Conflict(
            f"no plan has the stripe_price_id {price}: publish the one that has it, then try "
            "again.",
            field="plan",
        )
    return found


def plan_of_mirrored(unit: UnitOfWork, org: str, mirrored: Mirrored) -> Mirrored:
    """Return a subscription with what is of its plan: one of its items has the price of one. Raises
    Conflict where none has, or several have, while it runs."""
    items = mirrored.items or (MirroredItem(mirrored.price, mirrored.quantity, mirrored.period),)
    sold = plans_sold(unit, org)
    found = [each for each in items if each.price in sold]
    if len(found) == 1:
        (item,) = found
        return of_plan(mirrored._replace(items=items), item, sold, sold[item.price].plan)
    if mirrored.status not in RUNNING:
        return mirrored
    if not found:
        prices = ", ".join(each.price for each in items)
        raise Conflict(
            f"no plan has a price of {mirrored.id} as its stripe_price_id, which are {prices}: "
            "publish the one that has, then try again.",
            field="plan",
        )
    plans = " and ".join(sold[each.price].plan.id for each in found)
    raise Conflict(
        f"{mirrored.id} has prices of several plans, {plans}: leave one of them in it at Stripe, "
        "then try again.",
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
