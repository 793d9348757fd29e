"""The fast lane: plain usage debits answered by bare ASGI, in front of the framework.

What is plain is told from the request alone: a known caller, a JSON body, lines as most are
written. Such a request is answered here; every other one goes on, its body with it, to the route
of `routes/usage.py`, which takes all there is and says what is wrong with the rest. Both make the
same uses, submit the same command and give the same answers.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.answers import REPLAYED, encode
from api.http.caller import Caller
from api.http.doorman import Doorman, Headers
from api.http.errors import MalformedJson
from api.http.json_body import BODY_MAX, decode
from api.http.plain_lines import plain_batch, plain_use
from api.http.problems import problem_response, unexpected
from api.http.routes.usage import charge_items, charge_one, use_of_item
from api.http.service import Service
from api.http.turns import Turns
from ledger.kernel.errors import LedgerError

_JSON = (b"content-type", b"application/json")
_REPLAYED = (REPLAYED.lower().encode(), b"true")
_MEDIA_TYPES = (b"application/json", b"application/json; charset=utf-8")


class Answer(NamedTuple):
    """An answer to a plain request."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


Work = Callable[[Caller, bytes], Awaitable[Answer | None]]
"""Answers a body, or None when it is not plain."""


class UsageLane:
    """Takes the plain posts of usage; `app` takes the rest."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service
        self._doorman = Doorman(service, "usage:write")
        self._turns = Turns()
        self._works: dict[str, Work] = {
            "/v1/billing/usage": self._one,
            "/v1/billing/usage/batch": self._batch,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        work = self._works.get(scope["path"]) if scope["type"] == "http" else None
        if work is None or scope["method"] != "POST" or scope["query_string"]:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers: Headers = dict(reversed(scope["headers"]))
        caller = await self._doorman.know(scope, headers)
        if caller is None or not _is_plain(headers):
            await self._app(scope, receive, send)
            return
        messages = await _messages(receive)
        answer = await self._answer(work, caller, messages)
        if answer is None:
            await self._app(scope, _again(messages, receive), send)
            return
        status, sent, content = answer
        sent.append((b"x-request-id", caller.actor.request.encode("latin-1")))
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": content})
        self._service.metrics.count("POST", scope["path"], answer.status, started)

    async def _answer(self, work: Work, caller: Caller, messages: list[Message]) -> Answer | None:
        if len(messages) != 1 or messages[0]["type"] != "http.request":
            return None
        try:
            return await work(caller, messages[0].get("body", b""))
        except LedgerError as error:
            return _of(problem_response(error, self._service.settings.billing_url))
        except Exception as error:
            return _of(unexpected(error))

    async def _one(self, caller: Caller, body: bytes) -> Answer | None:
        use = plain_use(body, caller)
        if use is None:
            return None
        transaction, replayed = await charge_one(caller, use)
        return _json(201, encode(transaction), [_REPLAYED] if replayed else [])

    async def _batch(self, caller: Caller, body: bytes) -> Answer | None:
        async with self._turns.of(caller.org):
            return await self._batch_in_turn(caller, body)

    async def _batch_in_turn(self, caller: Caller, body: bytes) -> Answer | None:
        batch = plain_batch(body)
        if batch is None:
            return None
        mode, items = batch
        try:
            uses = [plain_use(item, caller) or use_of_item(decode(item), caller) for item in items]
        except MalformedJson:
            return None
        results = await charge_items(caller, uses, atomic=mode == "atomic")
        return _json(200, encode({"results": results}))


def _is_plain(headers: Headers) -> bool:
    """JSON, and small enough; a length that is not said is not plain."""
    length = headers.get(b"content-length", b"")
    return (
        headers.get(b"content-type", b"").lower() in _MEDIA_TYPES
        and length.isdigit()
        and int(length) <= BODY_MAX
    )


async def _messages(receive: Receive) -> list[Message]:
    """The body as it comes; mostly in one message, and joined to one if not."""
    message = await receive()
    if not message.get("more_body"):
        return [message]
    parts = bytearray(message.get("body", b""))
    while message["type"] == "http.request" and message.get("more_body"):
        message = await receive()
        parts += message.get("body", b"")
    if message["type"] != "http.request":
        return [message]
    return [{"type": "http.request", "body": bytes(parts), "more_body": False}]


def _again(messages: list[Message], receive: Receive) -> Receive:
    """Receives the messages that were received here, then those that follow."""
    waiting = iter(messages)

    async def again() -> Message:
        return next(waiting, None) or await receive()

    return again


def _json(status: int, body: bytes, headers: Sequence[tuple[bytes, bytes]] = ()) -> Answer:
    return Answer(status, [(b"content-length", b"%d" % len(body)), _JSON, *headers], body)


def _of(response: Response) -> Answer:
    return Answer(response.status_code, list(response.raw_headers), bytes(response.body))
