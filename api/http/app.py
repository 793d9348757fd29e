"""The HTTP application, made from what it depends on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.http import problems
from api.http.middleware import Envelope
from api.http.requests import schemas
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
from api.http.service import Service

ROUTERS = (
    orgs.router,
    api_keys.router,
    credits.router,
    usage.router,
    balance.router,
    transactions.router,
    usage_report.router,
    rate_cards.router,
    health.router,
)
VERSION = "1"


def create_app(service: Service) -> FastAPI:
    """The application of one process; it opens the service's doors and closes them at the end."""
    app = FastAPI(title="Tallystick", version=VERSION, lifespan=_lifespan, redoc_url=None)
    app.state.service = service
    problems.install(app, service.settings.billing_url)
    app.add_middleware(Envelope, metrics=service.metrics)
    for router in ROUTERS:
        app.include_router(router)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    async with service.running():
        yield


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes)
        document.setdefault("components", {}).setdefault("schemas", {}).update(schemas())
        app.openapi_schema = document
    return app.openapi_schema
