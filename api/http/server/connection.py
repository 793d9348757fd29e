"""A connection of HTTP/1.1, bounded in what it may send and in how long it may take.

uvicorn's protocol has no bound on the head of a request, and a clock only for what is idle. Here
bytes are counted before they are parsed; and the server asks each connection now and then what it
waits for, so that a request pays for no timer.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from enum import IntEnum
from typing import cast

import httptools
from starlette.responses import Response
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.http.errors import HeadTooLarge, MalformedRequest, RequestTimeout
from api.http.problems import problem_response
from api.http.server.answer_transport import CLOSE, AnswerTransport
from api.http.server.exchange import Exchange
from ledger.kernel.errors import Busy, LedgerError

HEAD_MAX = 64 * 1024
"""Bytes of a head; also of a chunk's first line, and of what follows the last chunk. The parser
joins the pieces of a header as they come, which takes the square of their bytes."""

HEAD_LINES_MAX = 100
PIPELINED_MAX = 100
"""Requests sent before the answer to the first; each waits in memory."""

_BLANKS = b" \t"
"""Around a value they are no part of it (RFC 9110, 5.5); the parser takes away the leading ones."""


class Wait(IntEnum):
    """What a connection waits for."""

    HEAD = 0
    BODY = 1
    NEXT_REQUEST = 2
    READER = 3
    """The caller does not read what is answered."""

    END = 4
    """The connection is closed on our side."""

    ANSWER = 5
    """That is ours to give."""


class Connection(HttpToolsProtocol):
    """uvicorn's protocol, bounded."""

    _answers: AnswerTransport
    _exchange: Exchange
    _unfinished = 0
    """Bytes that came since a head, a piece of a body or the first line of a chunk was complete."""

    _fault: LedgerError | None = None
    """Why nothing more is read."""

    _ended = False
    _waits: tuple[Wait, object] | None = None
    _since = 0.0

    def connection_made(  # type: ignore[override]
        self, transport: asyncio.Transport
    ) -> None:
        self._answers = AnswerTransport(transport)
        self._exchange = Exchange(self._answers)
        super().connection_made(cast("asyncio.Transport", self._answers))

    # What comes

    def data_received(self, data: bytes) -> None:
        if self._fault is not None:
            return
        try:
            self._feed(data)
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause if isinstance(cause, LedgerError) else _malformed())
        except HeadTooLarge as error:
            self._refuse(error)

    def _feed(self, data: bytes) -> None:
        """Parse no more at once than may come until something is complete."""
        waiting: list[bytes | memoryview] = [data]
        while waiting:
            more = waiting.pop()
            room = HEAD_MAX - self._unfinished
            if len(more) > room:
                if not room:
                    raise _head_too_large()
                waiting.append(memoryview(more)[room:])
                more = more[:room]
            self._unfinished += len(more)
            try:
                self.parser.feed_data(more)
            except httptools.HttpParserUpgrade as upgrade:
                waiting += [memoryview(more)[upgrade.args[0] :], self._without_upgrade()]

    def _without_upgrade(self) -> bytes:
        """Return the head of a request for a protocol that is not spoken here: the same without
        that."""
        self._unfinished = 0
        lines = [f"{self.scope['method']} ".encode() + self.url + b" HTTP/1.1"]
        lines += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) >= HEAD_LINES_MAX:
            raise _head_too_large()
        name, value = name.lower(), value.strip(_BLANKS)
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._unfinished = 0
        if self.parser.should_upgrade():
            self.scope["method"] = self.parser.get_method().decode("ascii")
            if self.scope["method"] == "CONNECT":
                raise MalformedRequest("this is not a proxy.")
            return
        if len(self.pipeline) >= PIPELINED_MAX:
            raise Busy(f"at most {PIPELINED_MAX} requests may wait on one connection.")
        super().on_headers_complete()
        self.headers = []  # what follows a body must not become part of its head

    def on_chunk_header(self) -> None:
        self._unfinished = 0

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        cycle = self.cycle
        if cycle.response_complete:
            return
        cycle.body += body
        if len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self.cycle.more_body = False
        self.cycle.message_event.set()

    # What goes

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._exchange.cycle = cycle
        cycle.scope["extensions"] = self._exchange.extensions
        task = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def on_response_complete(self) -> None:
        self._answers.flush()
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        elif self.cycle.more_body and self.expect_100_continue:
            self.transport.close()  # nobody knows whether the body will come
        if self._fault is not None:
            self._refuse(self._fault)

    def resume_writing(self) -> None:
        self._waits = None
        super().resume_writing()

    def _refuse(self, fault: LedgerError) -> None:
        """Say what is wrong and end, but first answer what was asked before."""
        self._fault = fault
        cycle = self.cycle
        if self.pipeline or self.waits_for is Wait.ANSWER:
            return
        self._ended = True
        answered = cycle is not None and cycle.more_body and cycle.response_started
        self._leave()
        if not answered:
            self._write(problem_response(fault))
        self._answers.flush()
        # Closed at once, the connection would be reset by what still comes, and the answer lost.
        self.transport.write_eof()

    def _write(self, answer: Response) -> None:
        headers = (*self.server_state.default_headers, *answer.raw_headers, CLOSE)
        self._answers.write_whole(answer.status_code, headers, bytes(answer.body))

    # How long it takes

    @property
    def waits_for(self) -> Wait:
        """What would have to come next."""
        if self._ended or self.transport.is_closing():
            return Wait.END
        if self.flow.write_paused:
            return Wait.READER
        cycle = self.cycle
        if cycle is None:
            return Wait.HEAD
        if cycle.more_body and not self.flow.read_paused:
            return Wait.BODY
        if not cycle.response_complete:
            return Wait.ANSWER
        return Wait.NEXT_REQUEST if self.scope is cycle.scope else Wait.HEAD

    def waited(self, now: float) -> tuple[Wait, float]:
        """Return what the connection waits for, and how long it has: as far as those know who
        ask."""
        waits = (self.waits_for, self.cycle)
        if waits != self._waits:
            self._waits, self._since = waits, now
        return waits[0], now - self._since

    def give_up(self, wait: Wait) -> None:
        """End the connection, as what it waits for has not come in time."""
        begun = wait is Wait.BODY or (wait is Wait.HEAD and self.scope is not None)
        if begun:
            self._refuse(RequestTimeout("the request did not come in time."))
        elif wait in (Wait.READER, Wait.END):
            self._leave()
            self._reset()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        super().connection_lost(exc)

    def _leave(self) -> None:
        """Tell those who work on answers that nobody is there. (uvicorn tells only the last.)"""
        for cycle in (self._exchange.cycle, *[cycle for cycle, _ in self.pipeline]):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

    def _reset(self) -> None:
        """Close without a wait for what was written to be read, here or in the kernel."""
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _unset_keepalive_if_required(self) -> None:
        """There is no timer."""


def _malformed() -> MalformedRequest:
    return MalformedRequest("this is not a request of HTTP/1.1.")


def _head_too_large() -> HeadTooLarge:
    return HeadTooLarge(
        f"the head of a request must have at most {HEAD_MAX} bytes and {HEAD_LINES_MAX} lines."
    )
