"""The endpoints of purchases, one file a resource."""

from api.http.purchases.routes import (
    checkout,
    disputes,
    inbox,
    notices,
    offers,
    pages,
    purchases,
    recharges,
    refunds,
)

routers = (
    offers.router,
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
