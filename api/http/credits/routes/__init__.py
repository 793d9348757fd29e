"""The endpoints of wallets, one file a resource."""

from api.http.credits.routes import (
    allowances,
    balance,
    caps,
    corrections,
    deposits,
    holds,
    statement,
    transactions,
    transfers,
    usage,
    usage_report,
)

routers = (
    usage.router,
    holds.router,
    balance.router,
    transactions.router,
    statement.router,
    deposits.router,
    allowances.router,
    corrections.router,
    transfers.router,
    caps.router,
    usage_report.router,
)
"""In the order in which a request is matched."""
