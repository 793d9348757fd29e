"""Usage that comes as messages: each is the request that `POST /v1/billing/usage/batch` would be.

It goes through the same application, so it meets the same checks and has the same answer, and its
lines are the same whichever door they come by. A message is done when its batch is committed and
what was refused of it is parked; until then it is handed out again, and known lines are replayed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from starlette.types import ASGIApp, Message, Scope

from api.http.credits.batches import read_batch
from api.http.problems import RETRIED, problem_of, unexpected
from api.http.service import Service
from ledger.kernel.errors import Invalid, LedgerError, Unavailable
from ledger.kernel.inbox import DeadLetter, Inbox, Received

PATH = "/v1/billing/usage/batch"
REPLY = "Tally-Reply"
AT_ONCE = 16
"""Messages that a process works on; each holds its body in memory."""

RETRY_S, RETRY_MAX_S = 0.5, 10.0
"""When what the ledger could not take now is tried again, and when a lost connection is."""

_PASSED_ON = ("authorization", "x-request-id", "user-agent")
_WORD = r"[A-Za-z0-9_-]{1,128}"

_log = logging.getLogger(__name__)


class Answered(NamedTuple):
    """What HTTP would have answered."""

    status: int
    body: bytes


class InboundUsage:
    """Takes messages, some at a time, until it is cancelled."""

    def __init__(self, front: ASGIApp, service: Service, inbox: Inbox) -> None:
        self._front = front
        self._service = service
        self._inbox = inbox

    async def run(self) -> None:
        """Work for ever; a connection that is lost is opened again. A cancellation that comes as it
        is lost may be taken for the loss, and counts all the same.

        Those who work together do so in a task of their own: a group that fails leaves who waits
        for it as if it had been cancelled (Python 3.11).
        """
        pause = RETRY_S
        this = asyncio.current_task()
        while this is None or not this.cancelling():
            try:
                await self._inbox.open()
                pause = RETRY_S
                await asyncio.create_task(self._work_together())
            except* Unavailable as errors:
                _log.warning("usage from NATS: %s", errors.exceptions[0])
            finally:
                await self._inbox.close()
            await asyncio.sleep(pause)
            pause = min(2 * pause, RETRY_MAX_S)

    async def _work_together(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            received = await self._inbox.next()
            if received is not None:
                await self.take(received)

    async def take(self, received: Received) -> None:
        """Have a message recorded or parked, answered, and done."""
        place = received.headers.get(REPLY)
        answered = _unanswerable(received.org, place) or await self._request(received)
        results = _results(answered)
        if answered.status in RETRIED or any(each["status"] in RETRIED for each in results):
            await self._inbox.later(received, RETRY_S)
            return
        await self._inbox.park(_letters(received, answered, results))
        if place is not None and _is_place(received.org, place):
            await self._inbox.answer(place, *answered)
        await self._inbox.done(received)

    async def _request(self, received: Received) -> Answered:
        """Return what the application answers to the request that a message is."""
        given = {name.lower(): value for name, value in received.headers.items()}
        headers = {name: given[name] for name in _PASSED_ON if name in given}
        if await self._is_of_another(received.org, headers.get("authorization")):
            headers["x-org"] = received.org  # an operator's; of anybody else it is refused
        headers |= {
            "content-type": "application/json",
            "content-length": str(len(received.body)),
        }
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "https",
            "path": PATH,
            "raw_path": PATH.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": None,
            "server": None,
        }
        try:
            return await _answer_of(self._front, scope, received.body)
        except Exception as error:
            refused = unexpected(error, headers.get("x-request-id", ""), received.org)
            return Answered(refused.status_code, bytes(refused.body))

    async def _is_of_another(self, org: str, authorization: str | None) -> bool:
        try:
            return (await self._service.credentials.of(authorization)).org != org
        except LedgerError:
            return False  # the application says why, and the access log is told


async def _answer_of(front: ASGIApp, scope: Scope, body: bytes) -> Answered:
    status, parts = 0, bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.extend(message.get("body", b""))

    await front(scope, receive, send)
    return Answered(status, bytes(parts))


def _is_place(org: str, place: str) -> bool:
    """Tell whether answers to an org's messages may be left there: elsewhere we may do what the
    sender may not."""
    return re.fullmatch(rf"usage\.answers\.{re.escape(org)}(\.{_WORD}){{1,8}}", place) is not None


def _unanswerable(org: str, place: str | None) -> Answered | None:
    """Return the refusal of a message whose answer nobody could have."""
    if place is None or _is_place(org, place):
        return None
    problem = problem_of(
        Invalid(f"{REPLY} must be usage.answers.{org}. and a name of yours.", field=REPLY)
    )
    return Answered(problem["status"], msgspec.json.encode(problem))


def _results(answered: Answered) -> list[dict[str, Any]]:
    """Return what became of each item; none where the whole was refused."""
    if answered.status != HTTPStatus.OK:
        return []
    results: list[dict[str, Any]] = msgspec.json.decode(answered.body)["results"]
    return results


def _letters(
    received: Received, answered: Answered, results: list[dict[str, Any]]
) -> list[DeadLetter]:
    """Return what was refused: the whole, or items of it, each as it came."""
    name = f"{received.org}-{received.id}"
    if answered.status != HTTPStatus.OK:
        problem = _ascii(msgspec.json.decode(answered.body))
        return [DeadLetter(name, received.org, received.body, problem)]
    refused = [each for each in results if "problem" in each]
    items = read_batch(received.body).items if refused else []
    return [
        DeadLetter(
            f"{name}-{each['index']}",
            received.org,
            items[each["index"]],
            _ascii({**each["problem"], "index": each["index"]}),
        )
        for each in refused
    ]


def _ascii(problem: object) -> str:
    """Return a problem as a header can hold it."""
    return json.dumps(problem, separators=(",", ":"))
