"""The API: requests of the SDK, each an operation, done once for its key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.expansion import expanded
from adapters.embedded.stripe_sandbox.faults import AFTER, Fault, Faults
from adapters.embedded.stripe_sandbox.form import read_form
from adapters.embedded.stripe_sandbox.idempotency import Keys, Stored, fingerprint_of
from adapters.embedded.stripe_sandbox.operations import OPERATIONS
from adapters.embedded.stripe_sandbox.parameters import checked
from adapters.embedded.stripe_sandbox.sandbox import (
    API_VERSION,
    Call,
    Operation,
    Sandbox,
    new_id,
    shown,
)

RETRY_AFTER_S = 1
_ERRORS = {
    Fault.RATE_LIMITED: Refused(
        "Request rate limit exceeded.",
        status=429,
        code="rate_limit",
    ),
    Fault.ERROR: Refused("An unknown error occurred", status=500, type="api_error"),
    Fault.UNAVAILABLE: Refused("Try again later.", status=503, type="api_error"),
    Fault.ERROR_AFTER: Refused("An unknown error occurred", status=500, type="api_error"),
}


class Api:
    """The operations over HTTP, for whoever has the key of the account."""

    def __init__(self, sandbox: Sandbox, faults: Faults, api_key: str) -> None:
        self._sandbox = sandbox
        self._faults = faults
        self._api_key = api_key
        self._keys = Keys(sandbox)

    def routes(self) -> list[Route]:
        """Return a route for each operation."""
        return [
            Route(each.path, self._endpoint(each), methods=[each.method]) for each in OPERATIONS
        ]

    def require_key(self, request: Request) -> None:
        """Refuse who has not the key of the account."""
        if request.headers.get("authorization") != f"Bearer {self._api_key}":
            raise Refused("Invalid API Key provided.", status=401)

    def _endpoint(self, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            key = request.headers.get("idempotency-key") if request.method == "POST" else None
            fault = None
            is_again = False
            try:
                self.require_key(request)
                _require_version(request)
                fault = self._faults.of_call()
                if fault is not None and fault not in AFTER:
                    raise _ERRORS[fault]
                text = await _text(request)
                with self._in_use(key):
                    await asyncio.sleep(self._faults.plan.slow_s)
                    stored, is_again = self._once(operation, request, text, key, fault)
            except Refused as refusal:
                stored = _refused(refusal)
            if fault is Fault.LOST_ANSWER:
                return _BrokenOff()
            return _response(stored, key, is_again=is_again)

        return endpoint

    @contextmanager
    def _in_use(self, key: str | None) -> Iterator[None]:
        if key is None:
            yield
            return
        self._keys.take(key)
        try:
            yield
        finally:
            self._keys.give_back(key)

    def _once(
        self,
        operation: Operation,
        request: Request,
        text: str,
        key: str | None,
        fault: Fault | None,
    ) -> tuple[Stored, bool]:
        """Return what is answered, and whether it was before."""
        given = read_form(text)
        call = Call(dict(request.path_params), checked(operation.params, given))
        fingerprint = fingerprint_of(request.method, request.url.path, given)
        with self._sandbox.store.transaction():
            if key is not None and (before := self._keys.find(key, fingerprint)) is not None:
                return before, True
            stored = self._done(operation, call)
            if fault is Fault.ERROR_AFTER:
                stored = _refused(_ERRORS[fault])
            if key is not None:
                self._keys.keep(key, fingerprint, stored)
            return stored, False

    def _done(self, operation: Operation, call: Call) -> Stored:
        kept: Refused | None = None
        try:
            with self._sandbox.store.attempt():
                try:
                    made = shown(operation.handle(self._sandbox, call))
                except Refused as refusal:
                    if not refusal.keeps:
                        raise
                    kept = refusal
        except Refused as refusal:
            return _refused(refusal)
        if kept is not None:
            return _refused(kept)
        return Stored(200, json.dumps(self._expanded(made, call)))

    def _expanded(self, made: dict[str, Any], call: Call) -> dict[str, Any]:
        return expanded(self._sandbox, made, call.params.get("expand") or [])


def _require_version(request: Request) -> None:
    version = request.headers.get("stripe-version")
    if version != API_VERSION:
        raise Refused(
            f"The sandbox speaks {API_VERSION} only: requests must say so by Stripe-Version.",
        )


async def _text(request: Request) -> str:
    if request.method == "POST":
        return (await request.body()).decode()
    return request.url.query


def _refused(refusal: Refused) -> Stored:
    return Stored(refusal.status, json.dumps(refusal.body()))


def _response(stored: Stored, key: str | None, *, is_again: bool) -> Response:
    headers = {"Request-Id": new_id("req_"), "Stripe-Version": API_VERSION}
    if key is not None:
        headers["Idempotency-Key"] = key
    if is_again:
        headers["Idempotent-Replayed"] = "true"
    if stored.status == 429:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if stored.status >= 500:
        headers["Stripe-Should-Retry"] = "false" if is_again else "true"
    return Response(stored.body, stored.status, headers, "application/json")


class _BrokenOff(Response):
    """Ends before what it has announced: the connection breaks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})
