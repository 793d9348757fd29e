"""The context of subscriptions: plans, and who holds them."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.subscriptions.coupon_book import COUPON_BOOKS, COUPON_STREAM, CouponBook
from ledger.subscriptions.inspection import SubscriptionInspection
from ledger.subscriptions.overage_inspection import OverageInspection
from ledger.subscriptions.plan_book import PLANS_STREAM, PlanBook
from ledger.subscriptions.redemption_inspection import RedemptionInspection
from ledger.subscriptions.subscription import SUBSCRIPTION_STREAM, Subscription
from ledger.subscriptions.subscription_policy import POLICY_STREAM, SubscriptionPolicy

CONTEXT = Context(
    name="subscriptions",
    aggregates=(PlanBook, CouponBook, SubscriptionPolicy, Subscription),
    uses=("credits", "invoices", "purchases"),
    checks=(SubscriptionInspection, RedemptionInspection, OverageInspection),
    read_models=("subscriptions", "subscription_moves", "analysts_subscriptions"),
    tables=(
        Table("plan_books", stream=PLANS_STREAM),
        Table(COUPON_BOOKS, key=("org", "id"), stream=f"{COUPON_STREAM}/{{id}}"),
        Table("subscription_policies", stream=POLICY_STREAM),
        Table(
            "subscription_states",
            key=("org", "owner"),
            stream=f"{SUBSCRIPTION_STREAM}/{{owner}}",
        ),
    ),
)
