"""The fast lane: plain usage, holds and captures answered by bare ASGI, before the framework.

What is plain is told from the request alone: a known caller, a JSON body, usage lines as most are
written. Such a request is answered here; every other one goes on, its body with it, to its route,
which takes all there is and says what is wrong with the rest. Both make the same commands with the
same functions and give the same answers.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.commands.company import Company
from api.http.answers import REPLAYED, encode
from api.http.bodies import CaptureBody, ExtendBody, HoldBody
from api.http.caller import Caller, checked_key
from api.http.doorman import Doorman, Headers
from api.http.errors import MalformedJson
from api.http.fields import parse
from api.http.json_body import BODY_MAX, decode
from api.http.plain_lines import plain_batch, plain_use
from api.http.problems import problem_response, unexpected
from api.http.routes.holds import capture_hold, extend_hold, place_hold
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


class Post(NamedTuple):
    """A post whose caller is known."""

    caller: Caller
    headers: Headers
    body: bytes
    hold_id: str = ""


Work = Callable[[Post], Awaitable[Answer | None]]
"""Answers a post, or None when it is not plain."""


class Track(NamedTuple):
    """What is done at one path; `route` is its name among the routes."""

    route: str
    doorman: Doorman
    work: Work


_USAGE, _BATCH = "/v1/billing/usage", "/v1/billing/usage/batch"
_HOLDS, _HOLD = "/v1/billing/holds", "/v1/billing/holds/"


class Lane:
    """Takes the plain posts; `app` takes the rest."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service
        self._company = Company()
        self._turns = Turns(self._company)
        usage, holds = Doorman(service, "usage:write"), Doorman(service, "holds:write")
        self._tracks = {
            _USAGE: Track(_USAGE, usage, self._use),
            _BATCH: Track(_BATCH, usage, self._batch),
            _HOLDS: Track(_HOLDS, holds, _place),
        }
        self._ends = {
            "capture": Track(f"{_HOLD}{{hold_id}}/capture", holds, _capture),
            "extend": Track(f"{_HOLD}{{hold_id}}/extend", holds, _extend),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        track, hold_id = self._track(scope)
        if track is None:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers: Headers = dict(reversed(scope["headers"]))
        caller = await track.doorman.know(scope, headers)
        if caller is None or not _is_plain(headers):
            await self._app(scope, receive, send)
            return
        self._company.note(caller.org)
        messages = await _messages(receive)
        answer = await self._answer(track, caller, headers, hold_id, messages)
        if answer is None:
            await self._app(scope, _again(messages, receive), send)
            return
        status, sent, content = answer
        sent.append((b"x-request-id", caller.actor.request.encode("latin-1")))
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": content})
        self._service.metrics.count("POST", track.route, answer.status, started)

    def _track(self, scope: Scope) -> tuple[Track | None, str]:
        """The track of a request, and the hold its path names."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["query_string"]:
            return None, ""
        path: str = scope["path"]
        if path.startswith(_HOLD):
            hold_id, _, end = path[len(_HOLD) :].partition("/")
            return self._ends.get(end), hold_id
        return self._tracks.get(path), ""

    async def _answer(
        self,
        track: Track,
        caller: Caller,
        headers: Headers,
        hold_id: str,
        messages: list[Message],
    ) -> Answer | None:
        if len(messages) != 1 or messages[0]["type"] != "http.request":
            return None
        try:
            return await track.work(Post(caller, headers, messages[0].get("body", b""), hold_id))
        except MalformedJson:
            return None
        except LedgerError as error:
            return _of(problem_response(error, self._service.settings.billing_url))
        except Exception as error:
            return _of(unexpected(error))

    async def _use(self, post: Post) -> Answer | None:
        use = plain_use(post.body, post.caller)
        if use is None:
            return None
        return _json(201, *await charge_one(post.caller, use))

    async def _batch(self, post: Post) -> Answer | None:
        async with self._turns.of(post.caller.org):
            return await _batch_in_turn(post)


async def _batch_in_turn(post: Post) -> Answer | None:
    batch = plain_batch(post.body)
    if batch is None:
        return None
    mode, items = batch
    caller = post.caller
    uses = [plain_use(item, caller) or use_of_item(decode(item), caller) for item in items]
    return _json(200, {"results": await charge_items(caller, uses, atomic=mode == "atomic")})


async def _place(post: Post) -> Answer:
    key, body = _key(post), parse(HoldBody, decode(post.body))
    return _json(201, *await place_hold(post.caller, key, body))


async def _capture(post: Post) -> Answer:
    key, body = _key(post), parse(CaptureBody, decode(post.body))
    return _json(200, *await capture_hold(post.caller, key, post.hold_id, body))


async def _extend(post: Post) -> Answer:
    key, body = _key(post), parse(ExtendBody, decode(post.body))
    return _json(200, *await extend_hold(post.caller, key, post.hold_id, body))


def _key(post: Post) -> str:
    return checked_key(post.headers.get(b"idempotency-key", b"").decode("latin-1"))


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


def _json(status: int, value: object, replayed: bool = False) -> Answer:
    body = encode(value)
    headers = [(b"content-length", b"%d" % len(body)), _JSON]
    if replayed:
        headers.append(_REPLAYED)
    return Answer(status, headers, body)


def _of(response: Response) -> Answer:
    return Answer(response.status_code, list(response.raw_headers), bytes(response.body))
