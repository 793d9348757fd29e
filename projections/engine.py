"""The engine of followers: events by position, page by page, each exactly once.

A follower has one of three ends: a table (a read model), a message (a feed), a call (an effect).
It has one active runner, whoever holds its claim; others stand by. Progress lies with what the end
has written, so a runner can be killed at any moment and another goes on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import LedgerError, Unavailable
from ledger.kernel.retries import fault_of, keep_on
from ledger.ports import RecordedEvent
from projections.ports import Progress, ProjectionStore, Superseded

IDLE_S = 0.02
IDLE_MAX_S = 0.1
"""Pause between two looks when there is nothing to do; it grows while that stays so."""

STANDBY_S = 0.5
FAILED_S = 0.1
FAILED_MAX_S = 5.0
"""Pause after a failure; it doubles while they go on."""

_log = logging.getLogger(__name__)


class End(Protocol):
    """What a follower does with its pages, and where its progress lies."""

    name: str
    store: ProjectionStore

    def is_ready(self) -> bool:
        """Tell whether it takes a page now: an end may want few large ones."""
        return True

    def take(self, at: Progress, until: int, events: Sequence[RecordedEvent]) -> Progress:
        """Do what the events after `at` up to `until` mean, and move the position: exactly once,
        wherever it is killed. A range that was planned comes again just as it was."""
        ...


class Lingering(End, Protocol):
    """An end that wants few large pages: after a small one it waits before it takes the next."""

    _rests_until: float = 0.0

    def is_ready(self) -> bool:
        return time.monotonic() >= self._rests_until

    def rest(self, seconds: float) -> None:
        """Take no page for so long."""
        self._rests_until = time.monotonic() + seconds


class Runner:
    """Keeps one follower up to date, in one thread."""

    def __init__(self, end: End, stop: threading.Event, *, idle_max_s: float = IDLE_MAX_S) -> None:
        self._end = end
        self._store = end.store
        self._stop = stop
        self._idle_max_s = idle_max_s

    def run(self) -> None:
        """Follow the events until stopped; failures are logged and tried again."""
        keep_on(self._turn, self._stop, self._say, FAILED_S, FAILED_MAX_S)

    def catch_up(self, until: int | None = None) -> bool:
        """Apply everything there is, or up to a position; False when another runner is active."""
        try:
            if not self._store.claim():
                return False
            at = self._store.progress()
            while not self._stop.is_set() and (until is None or at.position < until):
                before, at = at, self._advance(at)
                if at == before and not self._store.page(at.position):
                    break
            return True
        finally:
            self._store.close()

    def position(self) -> int:
        """Return how far the follower is, whoever runs it."""
        try:
            return self._store.progress().position
        finally:
            self._store.close()

    def _turn(self) -> None:
        try:
            if self._store.claim():
                self._follow()
            else:
                self._stop.wait(STANDBY_S)
        finally:
            self._store.close()

    def _say(self, error: LedgerError) -> None:
        if _passes(error):
            _log.warning("follower %s: %s", self._end.name, error.detail)
        else:
            _log.error(
                "ALARM: the follower %s does not get on: %s",
                self._end.name,
                error.detail,
                exc_info=fault_of(error),
                extra=Alarm.FOLLOWER_STOPPED.mark,
            )

    def _advance(self, at: Progress) -> Progress:
        """Return the progress after the next page; `at` when nothing is to be done."""
        if at.planned is not None:
            return self._end.take(at, at.planned, self._store.span(at.position, at.planned))
        events = self._store.page(at.position) if self._end.is_ready() else []
        return self._end.take(at, events[-1].position, events) if events else at

    def _follow(self) -> None:
        at = self._store.progress()
        pause = IDLE_S
        while not self._stop.is_set():
            before, at = at, self._advance(at)
            if at != before:
                pause = IDLE_S
            else:
                self._stop.wait(pause)
                if pause >= self._idle_max_s:
                    at = self._store.progress()  # somebody may have set it back
                pause = min(pause * 1.5, self._idle_max_s)


def heads_of(events: Iterable[RecordedEvent]) -> dict[str, int]:
    """Return the last sequence of each org among events."""
    return {event.org: event.sequence for event in events}


def _passes(error: LedgerError) -> bool:
    """Tell whether it is only a matter of time; anything else needs a person."""
    return isinstance(error, Unavailable | Superseded)
