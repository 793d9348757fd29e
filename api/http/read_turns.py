"""Turns of long reads: of one org few at once, so that others find theirs free.

What is read long is a range of events, a list, a sum over a month, a balance of the past. A stream
takes a turn for each piece of its work, and none while it waits for its reader.
"""

from __future__ import annotations

import asyncio
import math
import time
from asyncio import Semaphore
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from api.deadline import left_s
from api.http.errors import TooManyReads
from api.http.limits.standing import Standing, tell
from api.limits import LONG_READS, OPEN_STREAMS, AmountOf, Limit
from api.writer.recent_orgs import RecentOrgs
from ledger.kernel.errors import Busy

AT_ONCE = 3
"""Reads that are worked on at once, of all orgs; each may use a connection and a thread."""

OF_ORG = 1
"""Of one org, of those."""


@dataclass
class _Org:
    turns: Semaphore = field(default_factory=lambda: Semaphore(OF_ORG))
    asked: int = 0
    streams: int = 0
    users: int = 0


class ReadTurns:
    """Gives long reads their turns, in the order they came."""

    def __init__(
        self,
        recent_orgs: RecentOrgs,
        amount_of: AmountOf,
        note_refused: Callable[[str], None],
    ) -> None:
        self._recent_orgs = recent_orgs
        self._amount_of = amount_of
        self._note_refused = note_refused
        self._all = Semaphore(AT_ONCE)
        self._orgs: dict[str, _Org] = {}

    @asynccontextmanager
    async def read(self, org: str) -> AsyncIterator[None]:
        """Give one read with its turn. Raises TooManyReads."""
        with self.asked(org):
            async with self.turn(org):
                yield

    @contextmanager
    def asked(self, org: str) -> Iterator[None]:
        """Give one read that is asked for, and waits for something else before its turn."""
        with self._used(org) as entry:
            amount = self._amount_of(org, LONG_READS)
            if amount is not None and entry.asked >= amount:
                self._tell_refused(LONG_READS, amount)
                raise TooManyReads(
                    f"{amount} lists, statements or questions about the past of this org are "
                    "being answered: ask again when one of them has been."
                )
            entry.asked += 1
            try:
                yield
            finally:
                entry.asked -= 1

    @contextmanager
    def stream(self, org: str) -> Iterator[None]:
        """Give a stream that is open until its reader has all of it. Raises TooManyReads."""
        with self._used(org) as entry:
            amount = self._amount_of(org, OPEN_STREAMS)
            if amount is not None and entry.streams >= amount:
                self._tell_refused(OPEN_STREAMS, amount)
                raise TooManyReads(
                    f"{amount} exports or journals of this org are being read: begin another "
                    "when one of them has ended."
                )
            entry.streams += 1
            try:
                yield
            finally:
                entry.streams -= 1

    def _tell_refused(self, limit: Limit, amount: int) -> None:
        self._note_refused(limit.name)
        tell([Standing(limit, amount, 0)])

    @asynccontextmanager
    async def turn(self, org: str) -> AsyncIterator[None]:
        """Give a turn. Raises Busy when none comes by the deadline of the request; a stream has
        none."""
        left = left_s(math.inf)
        with ExitStack() as place:
            entry = place.enter_context(self._used(org))
            try:
                async with asyncio.timeout(left if left < math.inf else None):
                    for turns in (entry.turns, self._all):
                        await turns.acquire()
                        place.callback(turns.release)
            except TimeoutError as error:
                raise Busy("others are being answered: ask again in a second.") from error
            self._recent_orgs.note(org)
            began = time.monotonic()
            try:
                yield
            finally:
                self._rest(time.monotonic() - began, place.pop_all())

    def _rest(self, worked_s: float, place: ExitStack) -> None:
        """Leave a turn; while orgs share us, only after as long a rest as the work was: what takes
        long has half of the time, and the others the other."""
        if self._recent_orgs.is_mixed:
            asyncio.get_running_loop().call_later(worked_s, place.close)
        else:
            place.close()

    def orgs(self) -> list[str]:
        """Return the orgs that are reading or waiting to."""
        return list(self._orgs)

    @contextmanager
    def _used(self, org: str) -> Iterator[_Org]:
        """Give what is known of an org while it asks for anything."""
        entry = self._orgs.setdefault(org, _Org())
        entry.users += 1
        try:
            yield entry
        finally:
            entry.users -= 1
            if not entry.users:
                del self._orgs[org]
