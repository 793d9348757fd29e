"""The engine of followers: events by position, page by page, each exactly once.

A follower has one of three ends: a table (a read model), a message (a feed), a call (an effect).
It has one active runner, whoever holds its claim; others stand by. Progress lies with what the end
has written, so a runner can be killed at any moment and another goes on.

It follows the shards of the store in turn, and keeps a position in each. An org that has moved goes
on in another shard: a page ends before the event whose predecessor was not taken, until it was.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import LedgerError, Unavailable
from ledger.kernel.retries import fault_of, keep_on
from ledger.kernel.shards import shard_of
from ledger.ports import RecordedEvent
from projections.ports import Progress, ProjectionStore, Superseded

IDLE_S = 0.02
IDLE_MAX_S = 0.1
"""Pause between two looks when there is nothing to do; it grows while that stays so."""

LOOK_S = 0.5
"""How often it looks for shards that are new, and whether somebody has set it back."""

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

    def catch_up(self, until: Mapping[int, int] | None = None) -> bool:
        """Apply everything there is, or up to a position of each shard; False when another runner
        is active."""
        try:
            if not self._store.claim():
                return False
            at = self._look()
            while not self._stop.is_set() and not (until and _is_past(at, until)):
                is_ready = self._end.is_ready()
                before, at = at, self._round(at, is_ready)
                if at == before and not is_ready:
                    self._stop.wait(IDLE_S)
                elif at == before and (at := self._look(before)) == before:
                    break
            return True
        finally:
            self._store.close()

    def has_reached(self, until: Mapping[int, int]) -> bool:
        """Tell whether the follower is past a position of each shard, whoever runs it."""
        try:
            return _is_past(self._store.progress(), until)
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

    def _look(self, known: Sequence[Progress] = ()) -> list[Progress]:
        """Return how far each shard is followed, from now on those that are not `known`, too."""
        at = self._store.progress()
        if len(at) != len(known):
            self._store.begin()
        return at

    def _round(self, at: Sequence[Progress], is_ready: bool) -> list[Progress]:
        """Return the progress after the next page of each shard; `at` when there is nothing."""
        return [self._advance(each, is_ready, is_alone=len(at) == 1) for each in at]

    def _advance(self, at: Progress, is_ready: bool, *, is_alone: bool) -> Progress:
        if at.planned is not None:
            return self._end.take(at, at.planned, self._store.span(at.position, at.planned))
        events = self._store.page(at.position) if is_ready else []
        if not events:
            return at
        until = events[-1].position
        if not is_alone and (reach := self._store.reach(at.position, until)) < until:
            until, events = reach, [event for event in events if event.position <= reach]
        return self._end.take(at, until, events) if until > at.position else at

    def _follow(self) -> None:
        at, looked = self._look(), time.monotonic()
        pause = IDLE_S
        while not self._stop.is_set():
            before, at = at, self._round(at, self._end.is_ready())
            if at != before:
                pause = IDLE_S
            else:
                self._stop.wait(pause)
                pause = min(pause * 1.5, self._idle_max_s)
            if time.monotonic() - looked >= LOOK_S:
                at, looked = self._look(at), time.monotonic()


def _is_past(at: Iterable[Progress], until: Mapping[int, int]) -> bool:
    positions = {shard_of(each.position): each.position for each in at}
    return all(positions.get(shard, -1) >= position for shard, position in until.items())


def heads_of(events: Iterable[RecordedEvent]) -> dict[str, int]:
    """Return the last sequence of each org among events."""
    return {event.org: event.sequence for event in events}


def _passes(error: LedgerError) -> bool:
    """Tell whether it is only a matter of time; anything else needs a person."""
    return isinstance(error, Unavailable | Superseded)
