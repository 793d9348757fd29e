"""The endpoints of subscriptions, one file a resource."""

from api.http.subscriptions.routes import (
    coupons,
    entitlements,
    pages,
    plans,
    policies,
    subscriptions,
)

routers = (
    plans.router,
    coupons.router,
    entitlements.router,
    pages.router,
    policies.router,
    subscriptions.router,
)
"""In the order in which a request is matched."""
