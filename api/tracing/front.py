"""The traced front: a span around each request, from its head to the end of its answer."""

from __future__ import annotations

from typing import Any

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.entropy import fresh_uuid
from api.http.auth.caller import is_request_id
from api.http.fast_path.routes import FastPath
from api.http.server.exchange import without_exchange
from api.tracing.spans import Spans

_REQUEST_ID = b"x-request-id"


class TracedFront:
    """What a server calls instead of the fast path, where traces are asked for."""

    def __init__(self, front: FastPath, spans: Spans) -> None:
        self._front: ASGIApp = front
        self._route_of = front.route_of
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._front(scope, receive, send)
            if scope["type"] == "lifespan":
                self._spans.end()
            return
        request, scope = _with_request_id(scope)
        span = self._spans.begin_request(request, scope["method"])
        _link(span, scope)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                span.set_attribute("http.response.status_code", message["status"])
            await send(message)

        try:
            await self._front(scope, receive, watched)
        finally:
            self._end(span, scope, request)

    def _end(self, span: trace.Span, scope: Scope, request: str) -> None:
        """End a span under its route: a path may name whose it is."""
        fast, _ = self._route_of(scope)
        route = fast.path if fast else getattr(scope.get("route"), "path", "none")
        span.update_name(f"{scope['method']} {route}")
        span.set_attributes(
            {"http.request.method": scope["method"], "http.route": route, "tally.request": request}
        )
        span.end()


def _with_request_id(scope: Scope) -> tuple[str, Scope]:
    """Return the id of a request, one of ours where it has none, and the scope that says so. Its
    answer takes the way that can be watched."""
    headers: list[tuple[bytes, bytes]] = list(scope["headers"])
    given = next((value.decode("latin-1") for name, value in headers if name == _REQUEST_ID), "")
    request = given
    if not is_request_id(given):
        request = fresh_uuid()
        headers = [each for each in headers if each[0] != _REQUEST_ID]
        headers.append((_REQUEST_ID, request.encode()))
    return request, without_exchange({**scope, "headers": headers})


def _link(span: trace.Span, scope: Scope) -> None:
    """Name the caller's own span, if it says which."""
    carrier: dict[str, Any] = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in (b"traceparent", b"tracestate")
    }
    if carrier:
        caller = trace.get_current_span(TraceContextTextMapPropagator().extract(carrier))
        if caller.get_span_context().is_valid:
            span.add_link(caller.get_span_context())
