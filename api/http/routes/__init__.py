"""The endpoints, one file a resource."""

from api.http.routes import (
    api_keys,
    balance,
    credits,
    health,
    orgs,
    rate_cards,
    transactions,
    usage,
    usage_report,
)

ROUTERS = (
    usage.router,  # first: a request is matched against them in this order
    balance.router,
    transactions.router,
    credits.router,
    usage_report.router,
    rate_cards.router,
    orgs.router,
    api_keys.router,
    health.router,
)
