"""Known callers: those let in a moment ago are known again by their headers."""

from __future__ import annotations

import time
from typing import NamedTuple

from starlette.requests import Request
from starlette.types import Scope

from api.bounded import Bounded
from api.entropy import fresh_uuid
from api.http.auth.caller import AGENT_MAX, Caller, is_request_id
from api.http.auth.needs import Requires
from api.http.service import Service
from ledger.kernel.actor import Actor
from ledger.kernel.errors import LedgerError

Headers = dict[bytes, bytes]
"""The headers of a request that gives none twice."""

KNOWN_S, ASKING_S = 0.6, 0.4
"""How long a caller is known again without being asked, and how much longer while one request asks
for all. What is heard of their credential, and its end, are obeyed at once."""

KNOWN_MAX = 20_000
MARKS_MAX = 8 * 1024 * 1024
"""Bytes of all that callers are known by; a caller may have many marks, and long ones."""

_Mark = tuple[bytes | None, bytes | None, bytes, bytes]


class _Known(NamedTuple):
    caller: Caller
    until: float
    at_the_latest: float


class KnownCallers:
    """Knows callers who may do one thing with everyone's."""

    def __init__(self, service: Service, requires: Requires) -> None:
        self._service = service
        self._requires = requires
        self._known: Bounded[_Mark, _Known] = Bounded(KNOWN_MAX, weigh=_size, heaviest=MARKS_MAX)

    async def know(self, scope: Scope, headers: Headers) -> Caller | None:
        """Return the caller of a request, with its request id; None where the ordinary way must say
        why not."""
        client = scope.get("client")
        mark = (
            headers.get(b"authorization"),
            headers.get(b"x-org"),
            headers.get(b"user-agent", b"")[:AGENT_MAX],
            client[0].encode() if client else b"",
        )
        known = self._known.get(mark)
        now = time.monotonic()
        if known is None or now > known.until or not self._is_current(known.caller):
            if known is not None and now < known.at_the_latest:
                self._known.put(mark, known._replace(until=known.at_the_latest))
            known = await self._ask(scope)
            if known is None:
                self._known.forget(mark)
                return None
            self._known.put(mark, known)
        caller = known.caller
        actor = caller.actor
        request = _request_id(headers.get(b"x-request-id"))
        return caller._replace(actor=Actor(actor.subject, actor.key, request, actor.origin))

    def _is_current(self, caller: Caller) -> bool:
        return self._service.credentials.is_current(caller.credential)

    async def _ask(self, scope: Scope) -> _Known | None:
        asked_at = time.monotonic()
        try:
            # What the query may hold is for who knows the route to say.
            caller = await self._requires.of(self._service, Request({**scope, "query_string": b""}))
        except LedgerError:
            return None
        if caller.own:
            return None
        until = asked_at + KNOWN_S
        return _Known(caller, until, until + ASKING_S)


def _size(mark: _Mark) -> int:
    return sum(len(part) for part in mark if part)


def _request_id(given: bytes | None) -> str:
    text = given.decode("latin-1") if given else ""
    return text if is_request_id(text) else fresh_uuid()
