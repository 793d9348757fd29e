"""Counters: what has been spent of each window, known to all processes that ask the same one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Protocol

SWEEP_S = 60.0
"""How often what has expired is dropped."""

REST_S = 1.0
"""How long a store that did not answer is left alone; meanwhile each process counts for itself."""

_log = logging.getLogger(__name__)


class Counters(Protocol):
    """Numbers by key, each of which is gone a while after it was begun."""

    async def incr(self, key: str, expiry: int, amount: int) -> int:
        """Add to a number, and return what it is then. Raises OSError where nobody knows."""

    async def close(self) -> None:
        """Close what leads to them."""


class MemoryCounters:
    """Counters of one process. Used by its event loop alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: dict[str, tuple[int, float]] = {}
        self._swept_at = clock()

    def __len__(self) -> int:
        return len(self._counts)

    async def incr(self, key: str, expiry: int, amount: int) -> int:
        return self.add(key, expiry, amount)

    def add(self, key: str, expiry: int, amount: int) -> int:
        """Add to a number, and return what it is then."""
        now = self._clock()
        if now >= self._swept_at + SWEEP_S:
            self._sweep(now)
        count, ends_at = self._counts.get(key, (0, now + expiry))
        self._counts[key] = count + amount, ends_at
        return count + amount

    async def close(self) -> None:
        """Close nothing: there is nothing."""

    def _sweep(self, now: float) -> None:
        """A key has the number of its window, so none is asked for again when that has ended."""
        self._swept_at = now
        self._counts = {key: each for key, each in self._counts.items() if each[1] > now}


class SharedCounters:
    """Counters in a store that several services share; while it does not answer, our own, so that
    nobody is refused for its sake, and no process lets through more than a whole amount."""

    def __init__(
        self, store: Counters, own: Counters, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._rests_until = -REST_S

    async def incr(self, key: str, expiry: int, amount: int) -> int:
        if self._clock() >= self._rests_until:
            try:
                return await self._store.incr(key, expiry, amount)
            except OSError as error:
                self._rests_until = self._clock() + REST_S
                _log.warning(
                    "the store of limits does not answer: this service counts for itself. %s", error
                )
        return await self._own.incr(key, expiry, amount)

    async def close(self) -> None:
        await self._store.close()
