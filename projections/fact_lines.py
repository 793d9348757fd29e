"""Fact lines: what facts say, made once for all read models that a process keeps."""

from __future__ import annotations

import threading
from collections import OrderedDict
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
        self._known: OrderedDict[int, _Known] = OrderedDict()
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
        known = self._known.get(event.position)
        if known is None or known.hash != event.hash:
            self._drop(event.position)
            known = self._known[event.position] = _Known(event)
            self._count += 1
        lines = known.lines.get(lines_of)
        if lines is None:
            lines = known.lines[lines_of] = lines_of(known.fact)
            self._count += len(lines)
        return lines

    def _forget(self) -> None:
        """Forget the oldest of what is too much."""
        while self._count > self._kept and self._known:
            self._count -= self._known.popitem(last=False)[1].count()

    def _drop(self, position: int) -> None:
        if (known := self._known.pop(position, None)) is not None:
            self._count -= known.count()


class _Known:
    """An event's fact, and its lines by the function that says them."""

    __slots__ = ("fact", "hash", "lines")

    def __init__(self, event: RecordedEvent) -> None:
        self.hash = event.hash
        self.fact = fact_of(event)
        self.lines: dict[Callable[[Fact], Lines], Lines] = {}

    def count(self) -> int:
        """Return how much is kept of it."""
        return 1 + sum(map(len, self.lines.values()))
