"""Event pages: what was read last of the events, for all followers of a process.

They are at the same place most of the time, and events never change: so what one has read, the
others need not read again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from ledger.ports import RecordedEvent

KEPT = 3
"""Pages that are kept until the others come for them."""


class EventPages:
    """The pages that were asked for last. Used by many threads: who asks for the same at the same
    time waits for the first, and finds it."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._pages: dict[int, Sequence[RecordedEvent]] = {}
        self._lock = threading.Lock()

    def after(
        self, position: int, read: Callable[[], Sequence[RecordedEvent]]
    ) -> Sequence[RecordedEvent]:
        """Return the page after a position; read, if nobody has. There may be more by now."""
        with self._lock:
            known = self._pages.get(position)
            if known is not None:
                return known
            if page := read():
                self._pages[position] = page
                while len(self._pages) > self._kept:
                    del self._pages[next(iter(self._pages))]
            return page
