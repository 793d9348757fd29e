"""The fast lane: usage debits answered by bare ASGI, beside FastAPI and by the same functions.

The routes of `routes/usage.py` describe these requests and answer them when they carry anything
unusual (a query string); here the same caller, body and handler meet without the framework's
dependency resolution, which costs more than the debit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.bodies import BatchBody, UsageBody
from api.http.caller import Requires
from api.http.fields import Body
from api.http.problems import problem_response
from api.http.refusals import note_refusal
from api.http.requests import JsonBody
from api.http.routes.usage import record_batch, record_usage
from ledger.kernel.errors import LedgerError


class Route(NamedTuple):
    """A path, how its body reads, and what answers it; `path` is what metrics call it."""

    path: str
    body: type[Body]
    handler: Callable[[Any, Any], Awaitable[Response]]


ROUTES = {
    route.path: route
    for route in (
        Route("/v1/billing/usage", UsageBody, record_usage),
        Route("/v1/billing/usage/batch", BatchBody, record_batch),
    )
}
_caller = Requires("usage:write")


class UsageLane:
    """Takes the posts of usage out of the framework's way."""

    def __init__(self, app: ASGIApp, *, billing_url: str | None) -> None:
        self._app = app
        self._billing_url = billing_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = ROUTES.get(scope["path"]) if scope["type"] == "http" else None
        if route is None or scope["method"] != "POST" or scope["query_string"]:
            await self._app(scope, receive, send)
            return
        scope["route"] = route
        response = await self._answer(route, Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, route: Route, request: Request) -> Response:
        try:
            caller = await _caller(request)
            body = await JsonBody(route.body)(request)
            return await route.handler(caller, body)
        except LedgerError as error:
            await note_refusal(request, error)
            return problem_response(error, self._billing_url)
