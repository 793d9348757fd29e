"""Turns: how many batches of one org are read, decided and answered at once."""

from __future__ import annotations

from asyncio import Semaphore
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from api.commands.company import Company

ALONE, SHARED = 16, 2
"""A batch occupies the event loop for milliseconds: as many in a row are what another org's request
waits for. While there is no other, more keep everyone busy."""


@dataclass
class _Org:
    alone: Semaphore = field(default_factory=lambda: Semaphore(ALONE))
    shared: Semaphore = field(default_factory=lambda: Semaphore(SHARED))
    users: int = 0


class Turns:
    """Gives an org's batches their turns, in the order they came; others wait unread."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._orgs: dict[str, _Org] = {}

    @asynccontextmanager
    async def of(self, org: str) -> AsyncIterator[None]:
        """One turn of an org."""
        entry = self._orgs.setdefault(org, _Org())
        entry.users += 1
        try:
            async with AsyncExitStack() as turn:
                await turn.enter_async_context(entry.alone)
                if self._company.is_mixed:
                    await turn.enter_async_context(entry.shared)
                yield
        finally:
            entry.users -= 1
            if not entry.users:
                del self._orgs[org]
