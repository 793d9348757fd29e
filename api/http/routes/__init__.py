"""The endpoints, one file a resource."""

from api.http.routes import (
    allowances,
    api_keys,
    balance,
    caps,
    checkpoints,
    corrections,
    credits,
    health,
    holds,
    orgs,
    quotes,
    rate_cards,
    statement,
    transactions,
    transfers,
    usage,
    usage_report,
)

ROUTERS = (
    usage.router,  # first: a request is matched against them in this order
    holds.router,
    balance.router,
    transactions.router,
    statement.router,
    credits.router,
    allowances.router,
    corrections.router,
    transfers.router,
    caps.router,
    usage_report.router,
    quotes.router,
    rate_cards.router,
    orgs.router,
    api_keys.router,
    checkpoints.router,
    health.router,
)
