"""The relay: adds up what all workers have counted, whichever of them is asked."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from typing import cast

from api.http.limits.counters import MemoryCounters
from api.http.metrics import Metrics
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

PATIENCE_S = 0.5
"""How long one that was asked for its counts is waited for; then those count that it told last."""


class Relay:
    """Used by the event loop alone."""

    def __init__(self) -> None:
        self._lines: list[_WorkerLine] = []
        self._started: set[int] = set()
        self._has_started = asyncio.Event()
        self._gone = Metrics()
        """Of workers that are gone: what was counted stays so, as a counter does not run back."""

        self._tickets = 0
        self._sums: dict[int, _Asked] = {}
        self._counters = MemoryCounters()
        """What all workers have spent of limits."""

    async def open(self, number: int, line: socket.socket) -> None:
        """Listen to a worker."""
        await asyncio.get_running_loop().create_unix_connection(
            lambda: _WorkerLine(self, number), sock=line
        )

    async def wait_for(self, count: int) -> None:
        """Wait until so many workers have started."""
        while len(self._started) < count:
            self._has_started.clear()
            await self._has_started.wait()

    def enter(self, line: _WorkerLine) -> None:
        """Take a worker in."""
        self._lines.append(line)

    def leave(self, line: _WorkerLine) -> None:
        """Let a worker go; what it told last stays counted."""
        self._lines.remove(line)
        self._gone.add(line.metrics)
        for ticket in list(self._sums):
            self._note_counted(ticket, line)

    def take(self, line: _WorkerLine, message: FromWorker) -> None:
        """Do what a worker's message asks for."""
        match message:
            case Started():
                self._started.add(line.number)
                self._has_started.set()
            case SumWanted(ticket, metrics):
                line.metrics = metrics
                self._ask_all(line, ticket)
            case Spending(ticket, key, expiry, amount):
                line.send(Spent(ticket, self._counters.add(key, expiry, amount)))
            case Counted(ticket, metrics):
                line.metrics = metrics
                self._note_counted(ticket, line)

    def _others(self, line: _WorkerLine) -> list[_WorkerLine]:
        return [each for each in self._lines if each is not line]

    def _ask_all(self, asker: _WorkerLine, ticket: int) -> None:
        self._tickets += 1
        others = self._others(asker)
        self._sums[self._tickets] = _Asked(asker, ticket, set(others))
        for other in others:
            other.send(CountWanted(self._tickets))
        if others:
            asyncio.get_running_loop().call_later(PATIENCE_S, self._answer, self._tickets)
        else:
            self._answer(self._tickets)

    def _note_counted(self, ticket: int, line: _WorkerLine) -> None:
        asked = self._sums.get(ticket)
        if asked is not None:
            asked.waits_for.discard(line)
            if not asked.waits_for:
                self._answer(ticket)

    def _answer(self, ticket: int) -> None:
        asked = self._sums.pop(ticket, None)
        if asked is not None:
            total = Metrics()
            for metrics in (self._gone, *(each.metrics for each in self._lines)):
                total.add(metrics)
            asked.asker.send(Sum(asked.ticket, total))


class _WorkerLine(asyncio.Protocol):
    """The supervisor's end of the line to one worker."""

    def __init__(self, relay: Relay, number: int) -> None:
        self.number = number
        self.metrics = Metrics()
        """What it told last."""

        self._relay = relay
        self._frames: Frames[FromWorker] = Frames()
        self._transport: asyncio.Transport | None = None

    def send(self, message: ToWorker) -> None:
        if self._transport is not None:
            self._transport.write(frame(message))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._relay.enter(self)

    def data_received(self, data: bytes) -> None:
        for message in self._frames.feed(data):
            self._relay.take(self, message)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._relay.leave(self)


@dataclass
class _Asked:
    """A sum that is being made."""

    asker: _WorkerLine
    ticket: int
    waits_for: set[_WorkerLine]
