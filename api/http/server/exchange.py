"""The exchange: one request and its answer, past the messages that ASGI makes of them.

An extension of our server: the body is there when all of it has come, and an answer that is whole
goes out in one write. ASGI's own way takes four messages, each through a coroutine of its own, and
looks each header through twice. Who finds no exchange in a scope, or it refuses, takes that way.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from api.http.server.answer_transport import CLOSE, AnswerTransport, Header

_EXTENSION, _EXCHANGE = "tally", "exchange"


class Exchange:
    """The request of a connection that is being answered, one after the other."""

    __slots__ = ("_answers", "cycle", "extensions")

    def __init__(self, answers: AnswerTransport) -> None:
        self._answers = answers
        self.cycle: RequestResponseCycle | None = None
        self.extensions: dict[str, dict[object, object]] = {_EXTENSION: {_EXCHANGE: self}}
        """What a scope of the connection has; one for all, as each would have to be collected."""

    def body(self) -> bytes | None:
        """Return the whole body; None while some of it may still come. It can be received
        afterwards, too."""
        cycle = self.cycle
        if cycle is None or cycle.more_body or cycle.disconnected:
            return None
        return bytes(cycle.body)

    def answer(self, status: int, headers: Iterable[Header], body: bytes) -> bool:
        """Write an answer whose headers are known to be clean and say how long its body is; False
        where the caller does not read what was answered before."""
        cycle = self.cycle
        if cycle is None or cycle.disconnected:
            return True
        if cycle.flow.write_paused or cycle.response_started:
            return False
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        end = () if cycle.keep_alive else (CLOSE,)
        self._answers.write_whole(status, (*cycle.default_headers, *headers, *end), body)
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()
        return True


def exchange_of(scope: Scope) -> Exchange | None:
    """Return the exchange of a request, if our server serves it."""
    extension = scope.get("extensions", {}).get(_EXTENSION)
    return extension[_EXCHANGE] if extension else None


def without_exchange(scope: Scope) -> Scope:
    """Return a scope whose answer takes ASGI's own way: it can be watched there."""
    extensions = scope.get("extensions", {})
    left = {name: value for name, value in extensions.items() if name != _EXTENSION}
    return {**scope, "extensions": left}
