"""The endpoints of subscriptions, one file a resource."""

from api.http.subscriptions.routes import entitlements, plans

routers = (plans.router, entitlements.router)
"""In the order in which a request is matched."""
