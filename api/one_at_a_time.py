"""One at a time: work of threads on what only one thread may use, waited for by an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class OneAtATime:
    """Does each piece of work in a thread, and never two at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    async def do(self, work: Callable[[], T]) -> T:
        """Wait for it beside whatever else the loop does."""
        return await asyncio.to_thread(self.here, work)

    def here(self, work: Callable[[], T]) -> T:
        """Do it in the thread that asks."""
        with self._lock:
            return work()
