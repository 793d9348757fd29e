"""The routers of the endpoints, in the order in which a request is matched against them."""

from api.http import health
from api.http.access_log import routes as refusals
from api.http.audit_trail import routes as audit
from api.http.bookkeeping import routes as journals
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
from api.http.export import routes as export
from api.http.privacy import routes as erasures
from api.http.proof import routes as checkpoints
from api.http.rating.routes import quotes, rate_cards
from api.http.tenancy.routes import api_keys, orgs

ROUTERS = (
    usage.router,  # first: a request is matched against them in this order
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
    quotes.router,
    rate_cards.router,
    orgs.router,
    api_keys.router,
    journals.router,
    checkpoints.router,
    export.router,
    erasures.router,
    audit.router,
    refusals.router,
    health.router,
)
