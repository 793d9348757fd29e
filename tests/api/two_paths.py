"""The two paths of a request: before the framework, and through it for who asks for that."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.app import create_app
from api.http.fast_path.routes import FastPath
from api.http.service import Service

FRAMEWORK = b"framework"
"""As the header X-Path: goes to the framework, whatever the request."""


def both_paths(service: Service) -> ASGIApp:
    """The application behind its fast path, and without it for who asks for that."""
    framework = create_app(service)
    fast = FastPath(framework, service)

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        asked = (b"x-path", FRAMEWORK) in scope.get("headers", ())
        await (framework if asked else fast)(scope, receive, send)

    return either
