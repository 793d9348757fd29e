"""Key uses: when each API key was last used, gathered in memory and written together.

It is for people who look for keys that nobody needs, and no truth of the ledger: what was gathered
in the last seconds is lost with its process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from ledger.kernel.errors import LedgerError
from ledger.ports import Clock

WRITTEN_S = 10.0
"""How often they are written."""

USES_MAX = 50_000
"""Keys that wait to be written; of more, those that come later are not kept."""

Key = tuple[str, str]
"""An org, and the id of a key of it."""


class KeyUseStore(Protocol):
    """Where uses are kept. Used by one thread at a time."""

    def put(self, uses: Mapping[Key, int]) -> None:
        """Keep the moments (µs) that are later than those kept. Raises Unavailable."""

    def close(self) -> None:
        """Close the connection; the next use opens another."""


class KeyUses:
    """Those of one process. Noted by the event loop alone."""

    def __init__(self, store: KeyUseStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: dict[Key, int] = {}

    def note(self, org: str, key: str) -> None:
        """Note that a key is used now. Never waits for the database."""
        if len(self._waiting) < USES_MAX:
            self._waiting[org, key] = self._clock()

    async def follow(self) -> None:
        """Write what was noted now and then, for ever."""
        while True:
            await asyncio.sleep(WRITTEN_S)
            await self.write()

    async def write(self) -> None:
        """Write what was noted; what the database does not take is written the next time."""
        uses, self._waiting = self._waiting, {}
        try:
            if uses:
                await asyncio.to_thread(self._store.put, uses)
        except LedgerError:
            self._waiting = uses | self._waiting

    async def close(self) -> None:
        """Write what is left."""
        await self.write()
        await asyncio.to_thread(self._store.close)
