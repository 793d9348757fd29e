"""The routers of the endpoints, a line each, in the order in which a request is matched."""

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.http.credits.routes.usage import router as usage  # first: most requests are
from api.http.credits.routes.holds import router as holds
from api.http.credits.routes.balance import router as balance
from api.http.credits.routes.transactions import router as transactions
from api.http.credits.routes.statement import router as statement
from api.http.credits.routes.deposits import router as deposits
from api.http.credits.routes.allowances import router as allowances
from api.http.credits.routes.corrections import router as corrections
from api.http.credits.routes.transfers import router as transfers
from api.http.credits.routes.caps import router as caps
from api.http.credits.routes.usage_report import router as usage_report
from api.http.rating.routes.quotes import router as quotes
from api.http.rating.routes.rate_cards import router as rate_cards
from api.http.tenancy.routes.orgs import router as orgs
from api.http.tenancy.routes.api_keys import router as api_keys
from api.http.bookkeeping.routes import router as journals
from api.http.proof.routes import router as checkpoints
from api.http.export.routes import router as export
from api.http.privacy.routes import router as erasures
from api.http.audit_trail.routes import router as audit
from api.http.access_log.routes import router as refusals
from api.http.health import router as health

ROUTERS = tuple(each for each in tuple(globals().values()) if isinstance(each, APIRouter))
"""Every router that is imported above, in that order."""


def routes() -> Iterator[tuple[str, APIRoute]]:
    """The routes of the contract, each with its method and path."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                for method in route.methods or ():
                    yield f"{method} {route.path_format}", route
