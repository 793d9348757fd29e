"""The app: HTTP, made from what it depends on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from api.http import docs, problems
from api.http.access_log.recording import note_refusal
from api.http.fast_path.routes import FastPath
from api.http.middleware import Envelope
from api.http.openapi import TITLE, VERSION, document
from api.http.routers import ROUTERS, methods_at
from api.http.service import Service
from api.tracing.wanted import spans_of


def create_app(service: Service) -> FastAPI:
    """Return the application of one process; it opens the service's doors and closes them at the
    end."""
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        lifespan=_lifespan,
        docs_url=None,  # FastAPI's own fetches its scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # to a place that the caller's own Host would name
    )
    app.state.service = service
    problems.install(app, service.settings.billing_url, note_refusal, methods_at)
    app.add_middleware(Envelope, metrics=service.metrics, request_s=service.request_s)
    for router in (*ROUTERS, docs.router):
        app.include_router(router)
    app.openapi = document  # type: ignore[method-assign]
    return app


def create_front(service: Service) -> ASGIApp:
    """Return what a server calls: the application behind its fast path, watched if somebody asked
    for traces."""
    front, spans = FastPath(create_app(service), service), spans_of("http")
    if spans is None:
        return front
    from api.tracing.front import TracedFront  # noqa: PLC0415  # an extra

    return TracedFront(front, spans)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    async with service.running():
        yield
