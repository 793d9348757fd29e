"""Turns: how many batches of one org are read, decided and answered at once."""

from __future__ import annotations

from asyncio import Semaphore
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

TURNS = 6
"""A batch occupies the event loop for milliseconds: this many in a row are what another org's
request waits for."""


@dataclass
class _Org:
    turns: Semaphore = field(default_factory=lambda: Semaphore(TURNS))
    users: int = 0


class Turns:
    """Gives an org's batches their turns, in the order they came; others wait unread."""

    def __init__(self) -> None:
        self._orgs: dict[str, _Org] = {}

    @asynccontextmanager
    async def of(self, org: str) -> AsyncIterator[None]:
        """One turn of an org."""
        entry = self._orgs.setdefault(org, _Org())
        entry.users += 1
        try:
            async with entry.turns:
                yield
        finally:
            entry.users -= 1
            if not entry.users:
                del self._orgs[org]
