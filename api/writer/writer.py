"""The writer as the event loop sees it: commands are submitted, outcomes awaited."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, cast

from api.commands.command import Command
from api.commands.waiting import Capacity
from api.writer.frames import Frames, frame
from ledger.kernel.errors import LedgerError, Unavailable

FRAME_MAX = 32
"""Commands of one turn of the loop that cross without waiting for its end, so that the writer
begins with the first while the last are still being read."""

RESTART_AFTER_S = 0.2
"""A writer that ended by itself is started again; one that cannot even begin, not at once."""

_log = logging.getLogger(__name__)

ENDS_IN_S = 30.0
"""How long a writer may take to finish what it has when nothing more comes."""

Employ = Callable[[socket.socket], Awaitable["asyncio.Future[None]"]]
"""Starts a writer on its end of a line. What it answers is done when the writer has ended; to
cancel it ends the writer."""


class _Asker(NamedTuple):
    answer: asyncio.Future[Any]
    org: str
    weight: int


class _Line(asyncio.Protocol):
    """Our end of the line to one writer. What is submitted in one turn of the loop crosses in few
    frames."""

    def __init__(self, capacity: Capacity) -> None:
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._capacity = capacity
        self._frames = Frames()
        self._askers: dict[int, _Asker] = {}
        self._outbox: list[tuple[int, Command]] = []
        self._tickets = 0
        self._transport: asyncio.Transport | None = None
        self.greeted: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()

    def ask(self, command: Command) -> asyncio.Future[Any]:
        """What will be the outcome of a command."""
        org, weight = command.org, command.weight
        self._capacity.take(org, weight)
        answer: asyncio.Future[Any] = self._loop.create_future()
        self._tickets += 1
        self._askers[self._tickets] = _Asker(answer, org, weight)
        if not self._outbox:
            self._loop.call_soon(self._flush)
        self._outbox.append((self._tickets, command))
        if len(self._outbox) == FRAME_MAX:
            self._flush()
        return answer

    def finish(self) -> None:
        """Nothing more will be asked; outcomes still come."""
        assert self._transport is not None
        self._flush()
        self._transport.write_eof()

    def _flush(self) -> None:
        if self._outbox and self._transport is not None:
            asked, self._outbox = self._outbox, []
            self._transport.write(frame(asked))

    def _settle(self, ticket: int, outcome: Any) -> None:
        answer, org, weight = self._askers.pop(ticket)
        self._capacity.give_back(org, weight)
        if answer.done():
            return  # the caller has gone away
        if isinstance(outcome, LedgerError):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)

    # -- asyncio.Protocol --------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        for tickets, outcomes in self._frames.feed(data):
            if not self.greeted.done():
                self.greeted.set_result(None)
            for ticket, outcome in zip(tickets, outcomes, strict=True):
                self._settle(ticket, outcome)

    def connection_lost(self, exc: Exception | None) -> None:
        gone = Unavailable("whether it was recorded is not known: send the same again.")
        for ticket in list(self._askers):
            self._settle(ticket, gone)
        self.lost.set_result(None)


class Writer:
    """Submits commands to the process that writes, and keeps one running."""

    def __init__(self, employ: Employ, capacity: Capacity | None = None) -> None:
        self._employ = employ
        self._capacity = capacity or Capacity()
        self._line: _Line | None = None
        self._closing = False
        self._keeper: asyncio.Task[None] | None = None

    @property
    def is_there(self) -> bool:
        """Whether commands are taken."""
        return self._line is not None

    async def start(self) -> None:
        """Begin to take commands."""
        began = asyncio.get_running_loop().create_future()
        self._keeper = asyncio.create_task(self._keep(began))
        await began

    async def close(self) -> None:
        """Finish what was submitted, then stop."""
        self._closing = True
        if self._line is not None:
            self._line.finish()
        if self._keeper is not None:
            _, late = await asyncio.wait([self._keeper], timeout=ENDS_IN_S)
            for keeper in late:
                keeper.cancel()

    async def submit(self, command: Command) -> Any:
        """The command's answer, once it is durable. Raises its Refusal, Busy or Unavailable.

        A caller that goes away cancels its wait; its command goes on.
        """
        if self._closing:
            raise Unavailable("the service is stopping: send the same again.")
        if self._line is None:
            raise Unavailable("the writer is being started again: send the same again.")
        return await self._line.ask(command)

    async def _keep(self, began: asyncio.Future[None]) -> None:
        while not self._closing:
            ours, theirs = socket.socketpair()
            with theirs:
                ended = await self._employ(theirs)
            try:
                await self._serve(ours, began)
                await ended
            finally:
                ended.cancel()
            if not self._closing:
                _log.error("the writer ended by itself; starting it again")
                await asyncio.sleep(RESTART_AFTER_S)

    async def _serve(self, ours: socket.socket, began: asyncio.Future[None]) -> None:
        """Talk to one writer until it is gone."""
        loop = asyncio.get_running_loop()
        _, line = await loop.create_unix_connection(lambda: _Line(self._capacity), sock=ours)
        await asyncio.wait([line.greeted, line.lost], return_when=asyncio.FIRST_COMPLETED)
        if line.lost.done():
            return
        self._line = line
        if not began.done():
            began.set_result(None)
        await line.lost
        self._line = None
