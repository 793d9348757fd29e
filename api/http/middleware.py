"""Middleware around every request: its id, its metrics, and the net under what nobody foresaw."""

from __future__ import annotations

import time

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deadline import REQUEST_S, set_deadline
from api.http.auth.caller import request_id
from api.http.errors import MalformedRequest
from api.http.limits.standing import told
from api.http.metrics import Metrics
from api.http.problems import problem_response, unexpected

HUNG_UP = 499
"""Counted for callers who went away before all of their request had come: nobody is answered."""


_SINGLE = {
    name.lower().encode(): name
    for name in ("Authorization", "X-Org", "Idempotency-Key", "Content-Type")
}
"""Headers that decide something: given twice, a proxy may believe the other one."""


class Envelope:
    """Pure ASGI: costs no task of its own."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, request_s: float = REQUEST_S) -> None:
        self._app = app
        self._metrics = metrics
        self._request_s = request_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        if scope["method"] == "HEAD":
            # Of its answer the server sends the head only.
            scope = {**scope, "method": "GET"}
        request = Request(scope)
        deadline = set_deadline(self._request_s)
        status = 0

        async def receive_whole() -> Message:
            message = await receive()
            if not message.get("more_body"):
                deadline.begin()
            return message

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                deadline.lift()
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id(request)
                headers.update(told())
            await send(message)

        try:
            app = _refused(scope) or self._app
            await app(scope, receive_whole, answer)
        except ClientDisconnect:
            status = status or HUNG_UP
        except Exception as error:
            if status:
                raise  # an answer has begun: only the connection can say that it failed
            await unexpected(error, request_id(request))(scope, receive, answer)
        route = getattr(scope.get("route"), "path", "none")
        self._metrics.count(request.method, route, status, started)


def _refused(scope: Scope) -> ASGIApp | None:
    """Return the answer to a request that says in two ways what it may say in one."""
    names = [name for name, _ in scope["headers"]]
    for name, field in _SINGLE.items():
        if names.count(name) > 1:
            repeated = MalformedRequest(f"{field} is given more than once.", field=field)
            return problem_response(repeated)
    return None
