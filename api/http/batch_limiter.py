"""The batch limiter: how many batches of one org are read, decided and answered at once."""

from __future__ import annotations

import asyncio
from asyncio import Semaphore
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from api.writer.recent_orgs import RecentOrgs
from ledger.kernel.errors import Busy

ALONE, SHARED = 16, 1
"""A batch occupies the event loop for milliseconds: as many in a row are what another org's request
waits for. While there is no other, more keep everyone busy."""

PIECE = 32
"""Items of a batch read, or answered, in a row while orgs share us: a thousand are ten milliseconds
of the event loop."""

WAITING_MAX = 256
"""Batches of one org that may wait for their turn; each holds its body in memory."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass
class _Org:
    alone: Semaphore = field(default_factory=lambda: Semaphore(ALONE))
    shared: Semaphore = field(default_factory=lambda: Semaphore(SHARED))
    users: int = 0


class BatchLimiter:
    """Gives an org's batches their turns, in the order they came; others wait unread."""

    def __init__(self, recent_orgs: RecentOrgs) -> None:
        self._recent_orgs = recent_orgs
        self._orgs: dict[str, _Org] = {}

    def note(self, org: str) -> None:
        """Note that an org is here, with a batch or with anything else."""
        self._recent_orgs.note(org)

    @asynccontextmanager
    async def of(self, org: str) -> AsyncIterator[None]:
        """Give one turn of an org. Raises Busy when too many wait for one."""
        entry = self._orgs.setdefault(org, _Org())
        if entry.users >= WAITING_MAX:
            raise Busy("too many batches are waiting: send the same again in a second.")
        entry.users += 1
        try:
            async with AsyncExitStack() as turn:
                await turn.enter_async_context(entry.alone)
                if self._recent_orgs.is_mixed:
                    await turn.enter_async_context(entry.shared)
                yield
        finally:
            entry.users -= 1
            if not entry.users:
                del self._orgs[org]

    async def in_pieces(
        self, items: Sequence[T], work: Callable[[Sequence[T]], list[R]]
    ) -> list[R]:
        """Return what the work makes of each item. While orgs share us, others have the event loop
        between the pieces."""
        if not self._recent_orgs.is_mixed:
            return work(items)
        made: list[R] = []
        for first in range(0, len(items), PIECE):
            made += work(items[first : first + PIECE])
            await asyncio.sleep(0)
        return made
