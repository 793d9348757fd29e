"""Client protocol: the event loop's end of the connection to one writer."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

from api.commands.command import Command
from api.deadline import left_s
from api.writer.fair_queue import Capacity
from api.writer.frames import NEWS, Answered, Asked, Frames, frame
from api.writer.records import Records
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import Failed, LedgerError, Unavailable
from ledger.ports import StoreFull

A = TypeVar("A")
_log = logging.getLogger(__name__)

FRAME_MAX = 32
"""Uses of one turn of the loop that cross without waiting for its end, so that the writer begins
with the first while the last are still being read."""

SETTLED_MAX = 16
"""Outcomes handed out in one turn of the loop. Each wakes a request that makes its answer: who
needs several turns, such as a read, waits for all of them in each."""


LOOK_S = 0.25
"""How often we look who has waited too long: for all at once, as a timer for each costs more."""

FULL_S = 10.0
"""How long a store that took nothing is thought to be full, unless it takes something before: then
somebody must try."""

UNKNOWN = "whether it was recorded is not known: send the same again."


class _Asker(NamedTuple):
    answer: asyncio.Future[object]
    org: str
    weight: int


class ClientProtocol(asyncio.Protocol):
    """Our end of the connection to one writer. What is submitted in one turn of the loop crosses in
    few frames."""

    def __init__(
        self,
        capacity: Capacity,
        outcome_s: float,
        on_news: Callable[[object], None] = lambda _: None,
    ) -> None:
        """`on_news` is told why the writer decides nothing, or None when it does."""
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._capacity = capacity
        self._outcome_s = outcome_s
        self._on_news = on_news
        self._records: Records | None = None
        self._ends: deque[tuple[float, asyncio.Future[object]]] = deque()
        self._look: asyncio.TimerHandle | None = None
        self._frames: Frames[Answered] = Frames()
        self._askers: dict[int, _Asker] = {}
        self._outbox: list[tuple[int, Command[object]]] = []
        self._outbox_weight = 0
        self._inbox: deque[tuple[int, object]] = deque()
        self._tickets = 0
        self._transport: asyncio.Transport | None = None
        self._full_until = 0.0
        self.greeted: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()

    @property
    def is_refused(self) -> bool:
        """Whether the store took nothing when it was last asked, a moment ago."""
        return self._loop.time() < self._full_until

    def seal_with(self, records: Records) -> None:
        """Have a line to another service."""
        self._records = records

    def ask(self, command: Command[A]) -> asyncio.Future[A]:
        """Return what will be the outcome of a command. Raises Busy, or Unavailable without a
        writer."""
        if self.lost.done():
            raise Unavailable("the writer is being started again: send the same again.")
        org, weight = command.org, command.weight
        self._capacity.take(org, weight)
        answer: asyncio.Future[object] = self._loop.create_future()
        self._tickets += 1
        self._askers[self._tickets] = _Asker(answer, org, weight)
        self._ends.append((self._loop.time() + left_s(self._outcome_s), answer))
        if self._look is None:
            self._look = self._loop.call_later(LOOK_S, self._end_waits)
        if not self._outbox:
            self._loop.call_soon(self._flush)
        self._outbox.append((self._tickets, command))
        self._outbox_weight += weight
        if self._outbox_weight >= FRAME_MAX:
            self._flush()
        # The ticket brings back what this command has returned, which no type can say.
        return cast("asyncio.Future[A]", answer)

    def finish(self) -> None:
        """Ask nothing more; outcomes still come."""
        if self._transport is not None and not self.lost.done():
            self._flush()
            self._transport.write_eof()

    def _flush(self) -> None:
        if self._outbox and self._transport is not None:
            asked, self._outbox, self._outbox_weight = self._outbox, [], 0
            try:
                self._send(frame(asked))
            except Exception:
                self._send_each(asked)

    def _send(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data if self._records is None else self._records.seal(data))

    def _send_each(self, asked: Asked) -> None:
        """Alone, so that one that cannot cross takes no other along."""
        for ticket, command in asked:
            try:
                self._send(frame([(ticket, command)]))
            except Exception:
                _log.exception(
                    "a command could not be sent to the writer", extra=Alarm.FAULT_OF_OURS.mark
                )
                self._settle(ticket, Failed("a fault of this service: nothing was recorded."))

    def _end_waits(self) -> None:
        """Tell those who have waited long enough. Their commands go on and keep their room: they
        are with the writer, which waits for the database."""
        now = self._loop.time()
        while self._ends and (self._ends[0][1].done() or self._ends[0][0] <= now):
            _, answer = self._ends.popleft()
            if not answer.done():
                answer.set_exception(Unavailable(UNKNOWN))
        self._look = self._loop.call_later(LOOK_S, self._end_waits) if self._ends else None

    def _hand_out(self) -> None:
        for _ in range(min(SETTLED_MAX, len(self._inbox))):
            self._settle(*self._inbox.popleft())
        if self._inbox:
            self._loop.call_soon(self._hand_out)

    def _settle(self, ticket: int, outcome: object) -> None:
        if isinstance(outcome, StoreFull):
            self._full_until = self._loop.time() + FULL_S
        answer, org, weight = self._askers.pop(ticket)
        self._capacity.give_back(org, weight)
        if answer.done():
            return  # the caller has gone away
        if isinstance(outcome, LedgerError):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)
            self._full_until = 0.0

    # -- asyncio.Protocol --------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._records is not None:
            data = self._records.open(data)  # what is forged ends the connection
        for tickets, outcomes in self._frames.feed(data):
            if not self.greeted.done():
                self.greeted.set_result(None)
            if [*tickets] == [NEWS]:
                self._on_news(outcomes[0])
                continue
            is_first = not self._inbox
            self._inbox += zip(tickets, outcomes, strict=True)
            if is_first:
                self._hand_out()

    def connection_lost(self, exc: Exception | None) -> None:
        while self._inbox:
            self._settle(*self._inbox.popleft())
        if self._look is not None:
            self._look.cancel()
        self._outbox = []  # a turn that is to send it comes still
        gone = Unavailable(UNKNOWN)
        for ticket in list(self._askers):
            self._settle(ticket, gone)
        self.lost.set_result(None)
