"""The routers of the endpoints, a line a context, in the order in which a request is matched."""

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.http.credits.routes import routers as credits  # first: most requests are
from api.http.rating.routes import routers as rating
from api.http.tenancy.routes import routers as tenancy
from api.http.bookkeeping.routes import router as bookkeeping
from api.http.proof.routes import router as proof
from api.http.export.routes import router as export
from api.http.privacy.routes import router as privacy
from api.http.purchases.routes import routers as purchases
from api.http.subscriptions.routes import routers as subscriptions
from api.http.invoices.routes import routers as invoices
from api.http.pricing.routes import routers as pricing
from api.http.promotions.routes import routers as promotions
from api.http.carts.routes import router as carts
from api.http.ordering.routes import routers as ordering
from api.http.customers.routes import routers as customers
from api.http.fulfilment.routes import routers as fulfilment
from api.http.returns.routes import routers as returns
from api.http.access.routes import routers as access
from api.http.appointments.routes import routers as appointments
from api.http.internal_transfers.routes import router as internal_transfers
from api.http.inventory.routes import routers as inventory
from api.http.stored_value.routes import routers as stored_value
from api.http.catalogue.routes import routers as catalogue
from api.http.webhooks.routes import router as webhooks
from api.http.audit_trail.routes import router as audit_trail
from api.http.access_log.routes import router as access_log
from api.http.health import router as health

ROUTERS = tuple(
    router
    for each in tuple(globals().values())
    if isinstance(each, tuple | APIRouter)
    for router in (each if isinstance(each, tuple) else (each,))
)
"""Every router that is imported above, in that order."""


def routes() -> Iterator[tuple[str, APIRoute]]:
    """Yield the routes of the contract, each with its method and path."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                for method in route.methods or ():
                    yield f"{method} {route.path_format}", route


def methods_at(path: str) -> list[str]:
    """Return the methods that a path takes: those of the first template it is of, as an id may look
    like an id and more."""
    matching = [route for _, route in routes() if route.path_regex.match(path)]
    of_first = (each for each in matching if each.path_format == matching[0].path_format)
    return sorted({method for route in of_first for method in route.methods or ()})
