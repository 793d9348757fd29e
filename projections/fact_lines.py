"""Fact lines: what facts say, made once for all read models that a process keeps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from ledger.kernel.aggregate import Fact
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from projections.read_model import is_silent

KEPT = 100_000
"""Lines that are kept until the others come for them: those of the largest page, about, by all
functions that say something of it."""

Lines = Sequence[Any]


class FactLines:
    """The lines of the events that were asked for last. Used by many threads.

    Who asks for the same events at the same time waits for the first, and finds them. An event is
    the same by its hash: what was changed in the store is not taken for what it was.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._count = 0
        self._known: dict[tuple[Callable[[Fact], Lines], int], tuple[bytes, Lines]] = {}
        self._lock = threading.Lock()

    def of(
        self, lines_of: Callable[[Fact], Lines], events: Sequence[RecordedEvent]
    ) -> list[tuple[RecordedEvent, Lines]]:
        """Return events with what a function says of their facts; none of a silent type."""
        silent = {kind for kind in {event.type for event in events} if is_silent(lines_of, kind)}
        told = [event for event in events if event.type not in silent] if silent else events
        with self._lock:
            try:
                return [(event, self._lines(lines_of, event)) for event in told]
            finally:
                self._forget()

    def _lines(self, lines_of: Callable[[Fact], Lines], event: RecordedEvent) -> Lines:
        key = lines_of, event.position
        known = self._known.get(key)
        if known is not None and known[0] == event.hash:
            return known[1]
        lines = lines_of(fact_of(event))
        self._count += len(lines) + 1 - (len(known[1]) + 1 if known is not None else 0)
        self._known[key] = event.hash, lines
        return lines

    def _forget(self) -> None:
        """Forget the oldest of what is too much."""
        while self._count > self._kept:
            _, lines = self._known.pop(next(iter(self._known)))
            self._count -= len(lines) + 1
