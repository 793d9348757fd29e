"""Forwarded requests: whom a trusted proxy says a request is from, by its X-Forwarded headers."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn._types import ASGI3Application
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_FORWARDED = b"x-forwarded-"


def forwarded(app: ASGIApp, trusted: list[str] | str) -> ASGIApp:
    """Return an application to which a request is its client's, not its proxy's. Only what says
    that it was forwarded goes through uvicorn's middleware, which is a coroutine more."""
    told = cast("ASGIApp", ProxyHeadersMiddleware(cast("ASGI3Application", app), trusted))

    def front(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http":
            for name, _ in scope["headers"]:
                if name.startswith(_FORWARDED):
                    return told(scope, receive, send)
        return app(scope, receive, send)

    return front
