"""Follows the events by position and keeps read models up to date, each exactly once.

A read model has one active runner, whoever holds its claim; others stand by. Progress lies with
the rows, so a runner can be killed at any moment and another goes on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import ClassVar

from ledger.kernel.errors import LedgerError, Unavailable
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


class Projection:
    """A read model and how its next page is made."""

    name: ClassVar[str]

    def __init__(self, store: ProjectionStore) -> None:
        self.store = store

    def advance(self, at: Progress) -> Progress:
        """Apply what comes next; answer the new progress, or `at` when nothing is to be done."""
        raise NotImplementedError


class Runner:
    """Keeps one projection up to date, in one thread."""

    def __init__(self, projection: Projection, stop: threading.Event) -> None:
        self._projection = projection
        self._stop = stop

    def run(self) -> None:
        """Follow the events until stopped; failures are logged and tried again."""
        pause = FAILED_S
        while not self._stop.is_set():
            try:
                if self._projection.store.claim():
                    self._follow()
                else:
                    self._stop.wait(STANDBY_S)
                pause = FAILED_S
            except LedgerError as error:
                level = logging.WARNING if _passes(error) else logging.ERROR
                _log.log(level, "projection %s: %s", self._projection.name, error.detail)
                self._stop.wait(pause)
                pause = min(pause * 2, FAILED_MAX_S)
            finally:
                self._projection.store.close()

    def catch_up(self, until: int | None = None) -> bool:
        """Apply everything there is, or up to a position; False when another runner is active."""
        store = self._projection.store
        try:
            if not store.claim():
                return False
            at = store.progress()
            while not self._stop.is_set() and (until is None or at.position < until):
                before, at = at, self._projection.advance(at)
                if at == before and not store.page(at.position):
                    break
            return True
        finally:
            store.close()

    def position(self) -> int:
        """How far the projection is, whoever runs it."""
        try:
            return self._projection.store.progress().position
        finally:
            self._projection.store.close()

    def _follow(self) -> None:
        at = self._projection.store.progress()
        pause = IDLE_S
        while not self._stop.is_set():
            before, at = at, self._projection.advance(at)
            if at != before:
                pause = IDLE_S
            else:
                self._stop.wait(pause)
                if pause == IDLE_MAX_S:
                    at = self._projection.store.progress()  # somebody may have set it back
                pause = min(pause * 1.5, IDLE_MAX_S)


def heads_of(events: Iterable[RecordedEvent]) -> dict[str, int]:
    """The last sequence of each org among events."""
    return {event.org: event.sequence for event in events}


def _passes(error: LedgerError) -> bool:
    """Whether it is only a matter of time; anything else needs a person."""
    return isinstance(error, Unavailable | Superseded)
