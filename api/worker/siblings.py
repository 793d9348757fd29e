"""Siblings of a worker, by way of the supervisor; a worker that loses it has to end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TypeVar, cast

from api.http.limits.counters import Counters, MemoryCounters, SharedCounters
from api.http.metrics import Metrics
from api.http.service import Service
from api.worker.messages import (
    Counted,
    CountWanted,
    FromWorker,
    Spending,
    Spent,
    Started,
    Sum,
    SumWanted,
    ToWorker,
)
from api.writer.frames import Frames, frame
from ledger.kernel.errors import Unavailable

PATIENCE_S = 2.0
"""How long the sum of all is waited for; longer than the supervisor waits for those it asks."""

COUNT_PATIENCE_S = 0.25
"""How long a counter of limits is waited for: a request waits for it."""

T = TypeVar("T")


class SupervisorLine(asyncio.Protocol):
    """The worker's end of its line to the supervisor. Used by the event loop alone."""

    def __init__(self, count_patience_s: float = COUNT_PATIENCE_S) -> None:
        self._count_patience_s = count_patience_s
        self._on_lost: Callable[[], None] | None = None
        self._frames: Frames[ToWorker] = Frames()
        self._transport: asyncio.Transport | None = None
        self._service: Service | None = None
        self._tickets = 0
        self._sums: dict[int, asyncio.Future[Metrics]] = {}
        self._counts: dict[int, asyncio.Future[int]] = {}
        self.counters: Counters = SharedCounters(self, MemoryCounters())

    async def open(self, line: socket.socket, on_lost: Callable[[], None]) -> None:
        """Begin to listen, until the supervisor is gone."""
        self._on_lost = on_lost
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=line)

    def start(self, service: Service) -> None:
        """Tell what the service counts when asked, and now that it takes requests."""
        self._service = service
        self._send(Started())

    async def sum_with(self, metrics: Metrics) -> Metrics:
        ticket = self._next_ticket()
        try:
            return await self._answer(self._sums, ticket, SumWanted(ticket, metrics), PATIENCE_S)
        except TimeoutError as error:
            raise Unavailable("the supervisor does not answer: ask again in a second.") from error

    async def incr(self, key: str, expiry: int, amount: int) -> int:
        ticket = self._next_ticket()
        spending = Spending(ticket, key, expiry, amount)
        return await self._answer(self._counts, ticket, spending, self._count_patience_s)

    async def close(self) -> None:
        """Close nothing: the line stays until the worker ends."""

    def _next_ticket(self) -> int:
        self._tickets += 1
        return self._tickets

    async def _answer(
        self,
        waiting: dict[int, asyncio.Future[T]],
        ticket: int,
        question: FromWorker,
        patience_s: float,
    ) -> T:
        """Return what the supervisor answers. Raises TimeoutError."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        waiting[ticket] = answer
        self._send(question)
        try:
            async with asyncio.timeout(patience_s):
                return await answer
        finally:
            del waiting[ticket]

    def _send(self, message: FromWorker) -> None:
        if self._transport is not None:
            self._transport.write(frame(message))

    def _take(self, message: ToWorker) -> None:
        match message:
            case CountWanted(ticket) if self._service is not None:
                self._send(Counted(ticket, self._service.metrics))
            case Sum(ticket, metrics) if ticket in self._sums:
                if not self._sums[ticket].done():
                    self._sums[ticket].set_result(metrics)
            case Spent(ticket, total) if ticket in self._counts:
                if not self._counts[ticket].done():
                    self._counts[ticket].set_result(total)

    # -- asyncio.Protocol --------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        for message in self._frames.feed(data):
            self._take(message)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._on_lost is not None:
            self._on_lost()
