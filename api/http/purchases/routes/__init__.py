"""The endpoints of purchases, one file a resource."""

from api.http.purchases.routes import (
    checkout,
    disputes,
    inbox,
    notices,
    offers,
    pages,
    policies,
    purchases,
    recharges,
    refunds,
)

routers = (
    offers.router,
    policies.router,
    checkout.router,
    purchases.router,
    refunds.router,
    disputes.router,
    recharges.router,
    pages.router,
    inbox.router,
    notices.router,
)
"""In the order in which a request is matched."""
