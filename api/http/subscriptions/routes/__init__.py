"""The endpoints of subscriptions, one file a resource."""

from api.http.subscriptions.routes import coupons, entitlements, pages, plans, subscriptions

routers = (
    plans.router,
    coupons.router,
    entitlements.router,
    pages.router,
    subscriptions.router,
)
"""In the order in which a request is matched."""
