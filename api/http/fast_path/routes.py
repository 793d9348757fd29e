"""The fast path: usage, holds, reservations of stock and balances answered by bare ASGI, before the
framework.

Whether a request is fast is told from it alone: a known caller, a JSON body, usage lines as most
are written. A fast one is answered here; every other one goes on, its body with it, to its route,
which takes all there is and says what is wrong with the rest. Both make the same commands with the
same functions and give the same answers.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deadline import set_deadline
from api.http.answers import REPLAYED, encode
from api.http.auth.caller import Caller, checked_key
from api.http.auth.known_callers import Headers, KnownCallers
from api.http.auth.needs import COUNTED, Need, Requires, need_of
from api.http.credits.bodies import CaptureBody, ExtendBody, HoldBody
from api.http.credits.routes.balance import balance_of
from api.http.credits.routes.holds import HOLD_ID_PATTERN, capture_hold, extend_hold, place_hold
from api.http.credits.routes.usage import charge_batch, record_one
from api.http.credits.usage_lines import fast_use
from api.http.errors import MalformedJson
from api.http.fields import parse
from api.http.inventory.bodies import ReserveBody
from api.http.inventory.routes.reservations import reserve_units
from api.http.json_body import BODY_MAX, decode
from api.http.limits.standing import told
from api.http.problems import problem_response, unexpected
from api.http.routers import routes
from api.http.server.exchange import exchange_of
from api.http.service import Service
from api.limits import REQUESTS
from ledger.kernel.errors import Forbidden, LedgerError

_JSON = (b"content-type", b"application/json")
_REPLAYED = (REPLAYED.lower().encode(), b"true")
_MEDIA_TYPES = (b"application/json", b"application/json; charset=utf-8")


class SentAnswer(NamedTuple):
    """The answer to a fast request, as it is sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class FastRequest(NamedTuple):
    """A request whose caller is known."""

    caller: Caller
    headers: Headers
    body: bytes
    hold_id: str
    query: bytes


Work = Callable[[FastRequest], Awaitable[SentAnswer | None]]
"""Returns the answer to a request, or None when it is not fast."""


class FastRoute(NamedTuple):
    """What is done at one path; `method` and `path` are its names among the routes."""

    method: str
    path: str
    known_callers: KnownCallers
    work: Work


_USAGE, _BATCH = "/v1/billing/usage", "/v1/billing/usage/batch"
_HOLDS = "/v1/billing/holds"
_HOLD_PATH = re.compile(rf"{_HOLDS}/({HOLD_ID_PATTERN})/(capture|extend)")
_BALANCE = "/v1/billing/balance"
_RESERVATIONS = "/v1/stock/reservations"
_NEEDS = {name: need_of(route.endpoint) for name, route in routes()}
_FILTERS = ("user", "asset")
"""The parameters of a fast read of a balance, each at most once."""


class _KnownByNeed(dict[Need, KnownCallers]):
    """The known callers of each need: routes that need the same know the same."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def __missing__(self, need: Need) -> KnownCallers:
        assert isinstance(need, Requires)
        known = self[need] = KnownCallers(self._service, need)
        return known


def _fast_route(known: _KnownByNeed, method: str, path: str, work: Work) -> FastRoute:
    """Return a fast route, which needs what its handler says."""
    return FastRoute(method, path, known[_NEEDS[f"{method} {path}"]], work)


class FastPath:
    """Takes the fast requests; `app` takes the rest."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service
        fast = partial(_fast_route, _KnownByNeed(service))
        self._commands = {
            _USAGE: fast("POST", _USAGE, _use),
            _BATCH: fast("POST", _BATCH, _batch),
            _HOLDS: fast("POST", _HOLDS, _place),
            _RESERVATIONS: fast("POST", _RESERVATIONS, _reserve),
        }
        self._reads = {_BALANCE: fast("GET", _BALANCE, _balance)}
        self._ends = {
            "capture": fast("POST", f"{_HOLDS}/{{hold_id}}/capture", _capture),
            "extend": fast("POST", f"{_HOLDS}/{{hold_id}}/extend", _extend),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route, hold_id = self.route_of(scope)
        if route is None:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers: Headers = dict(scope["headers"])
        caller = None
        if len(headers) == len(scope["headers"]) and _is_fast(route, headers):
            caller = await route.known_callers.know(scope, headers)
        if caller is None:
            await self._app(scope, receive, send)
            return
        self._service.turns.note(caller.org)
        exchange = exchange_of(scope)
        body = exchange.body() if exchange else None
        if body is None:
            message = await _whole(receive)
            receive = _again(message, receive)
            body = message.get("body", b"") if message["type"] == "http.request" else None
        set_deadline(self._service.request_s)
        answer = None
        if body is not None:
            scope[COUNTED] = True
            request = FastRequest(caller, headers, body, hold_id, scope["query_string"])
            answer = await self._answer(route, request)
        if answer is None:
            await self._app(scope, receive, send)
            return
        status, sent, content = answer
        sent.append((b"x-request-id", caller.actor.request.encode("latin-1")))
        for name, value in told().items():
            sent.append((name.lower().encode(), value.encode()))
        if exchange is None or not exchange.answer(status, sent, content):
            await send({"type": "http.response.start", "status": status, "headers": sent})
            await send({"type": "http.response.body", "body": content})
        self._service.metrics.count(route.method, route.path, answer.status, started)

    def route_of(self, scope: Scope) -> tuple[FastRoute | None, str]:
        """Return the fast route of a request, and the hold its path names."""
        if scope["type"] != "http":
            return None, ""
        path: str = scope["path"]
        if scope["method"] == "GET":
            return self._reads.get(path), ""
        if scope["method"] != "POST" or scope["query_string"]:
            return None, ""
        if named := _HOLD_PATH.fullmatch(path):
            hold_id, end = named.groups()
            return self._ends[end], hold_id
        return self._commands.get(path), ""

    async def _answer(self, route: FastRoute, request: FastRequest) -> SentAnswer | None:
        caller = request.caller
        key = caller.credential
        try:
            if not self._service.limits.spend_here((REQUESTS, key.org, key.key)):
                await caller.spend_request("")
            return await route.work(request)
        except (MalformedJson, Forbidden):
            return None  # for the route to say, and to the access log
        except LedgerError as error:
            return _of(problem_response(error, self._service.settings.billing_url))
        except Exception as error:
            return _of(unexpected(error, caller.actor.request, caller.org))


async def _use(request: FastRequest) -> SentAnswer | None:
    use = fast_use(request.body, request.caller)
    if use is None:
        return None
    return _json(201, *await record_one(request.caller, use))


async def _batch(request: FastRequest) -> SentAnswer:
    return _json(200, await charge_batch(request.caller, request.body))


async def _place(request: FastRequest) -> SentAnswer:
    key, body = _key(request), parse(HoldBody, decode(request.body))
    return _json(201, *await place_hold(request.caller, key, body))


async def _capture(request: FastRequest) -> SentAnswer:
    key, body = _key(request), parse(CaptureBody, decode(request.body))
    return _json(200, *await capture_hold(request.caller, key, request.hold_id, body))


async def _extend(request: FastRequest) -> SentAnswer:
    key, body = _key(request), parse(ExtendBody, decode(request.body))
    return _json(200, *await extend_hold(request.caller, key, request.hold_id, body))


async def _reserve(request: FastRequest) -> SentAnswer:
    key, body = _key(request), parse(ReserveBody, decode(request.body))
    return _json(201, *await reserve_units(request.caller, key, body))


async def _balance(request: FastRequest) -> SentAnswer | None:
    given = parse_qsl(request.query.decode("latin-1"), keep_blank_values=True)
    filters = dict(given)
    if len(filters) < len(given) or not filters.keys() <= set(_FILTERS):
        return None
    return _json(200, await balance_of(request.caller, **filters))


def _key(request: FastRequest) -> str:
    return checked_key(request.headers.get(b"idempotency-key", b"").decode("latin-1"))


def _is_fast(route: FastRoute, headers: Headers) -> bool:
    """Without a body, or JSON and small enough; a length that is not said is not fast."""
    length = headers.get(b"content-length", b"")
    if route.method == "GET":
        return not length and b"transfer-encoding" not in headers
    return (
        headers.get(b"content-type", b"").lower() in _MEDIA_TYPES
        and b"content-encoding" not in headers
        and length.isdigit()
        and int(length) <= BODY_MAX
    )


async def _whole(receive: Receive) -> Message:
    """Return the body in one message, or that the caller has gone away."""
    message = await receive()
    if not message.get("more_body"):
        return message
    parts = bytearray(message.get("body", b""))
    while message["type"] == "http.request" and message.get("more_body"):
        message = await receive()
        parts += message.get("body", b"")
    if message["type"] != "http.request":
        return message
    return {"type": "http.request", "body": bytes(parts), "more_body": False}


def _again(message: Message, receive: Receive) -> Receive:
    """Receives a message that was received here, then those that follow."""
    waiting = iter([message])

    async def again() -> Message:
        return next(waiting, None) or await receive()

    return again


def _json(status: int, value: object, replayed: bool = False) -> SentAnswer:
    body = encode(value)
    headers = [(b"content-length", b"%d" % len(body)), _JSON]
    if replayed:
        headers.append(_REPLAYED)
    return SentAnswer(status, headers, body)


def _of(response: Response) -> SentAnswer:
    return SentAnswer(response.status_code, list(response.raw_headers), bytes(response.body))
