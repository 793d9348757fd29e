"""The engine of followers: events by position, page by page, each exactly once.

A follower has one of three ends: a table (a read model), a message (a feed), a call (an effect).
It has one active runner, whoever holds its claim; others stand by. Progress lies with what the end
has written, so a runner can be killed at any moment and another goes on.

An event that cannot be applied, whenever it is tried, stops its org and no other: the org is set
aside from that event on, and tried again when the runner starts and every half a minute.

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
from projections.ports import P, Parked, Progress, ProjectionStore, Superseded
from projections.recent_events import PAGE_EVENTS

IDLE_S = 0.02
IDLE_MAX_S = 0.1
"""Pause between two looks when there is nothing to do; it grows while that stays so."""

NEWS_S = 0.02
"""How long ago another may have found that there is nothing more to follow."""

FEW_EVENTS = 10
"""What is less costs by the page, not by what is in it."""

RESTS = 9
REST_MAX_S = 0.5
"""After a page of a few events a follower rests so many times as long as the page took; after
another that is not full so long, as more come all the time: it would else do nothing but take
pages, and take from the writes what more events at once would not cost. What is behind has full
pages, and never rests."""

LOOK_S = 1.0
"""How often it looks for shards that are new, and whether somebody has set it back."""

RETRY_S = 30.0
"""How often it tries again what orgs that were set aside wait for."""

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

    def take(self, at: P, until: int, events: Sequence[RecordedEvent]) -> P:
        """Do what the events after `at` up to `until` mean, and move the position, or the sequence
        of an org that was set aside: exactly once, wherever it is killed. A range that was planned
        comes again just as it was."""
        ...

    def close(self) -> None:
        """Close what it has open beside its store; the next page opens it again."""
        return


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

    def __init__(
        self,
        end: End,
        stop: threading.Event,
        *,
        idle_max_s: float = IDLE_MAX_S,
        rest_max_s: float = REST_MAX_S,
    ) -> None:
        self._end = end
        self._store = end.store
        self._stop = stop
        self._idle_max_s = idle_max_s
        self._rest_max_s = rest_max_s
        self._parked: dict[str, Parked] = {}
        self._retry_at = 0.0

    def run(self) -> None:
        """Follow the events until stopped; failures are logged and tried again."""
        keep_on(self._turn, self._stop, self._say, FAILED_S, FAILED_MAX_S)

    def catch_up(self, until: Mapping[int, int] | None = None) -> bool:
        """Apply everything there is, or up to a position of each shard; False when another runner
        is active."""
        try:
            if not self._store.claim():
                return False
            self._retry_at = 0.0
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
            self._close()

    def has_reached(self, until: Mapping[int, int]) -> bool:
        """Tell whether the follower is past a position of each shard, whoever runs it."""
        try:
            return _is_past(self._store.progress(), until)
        finally:
            self._store.close()

    def _turn(self) -> None:
        try:
            if self._store.claim():
                self._retry_at = 0.0
                self._follow()
            else:
                self._stop.wait(STANDBY_S)
        finally:
            self._close()

    def _close(self) -> None:
        self._store.close()
        self._end.close()

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
        self._parked = {each.org: each for each in self._store.parked()}
        if time.monotonic() >= self._retry_at and not any(each.planned for each in at):
            self._retry()
            self._retry_at = time.monotonic() + RETRY_S
        return at

    def _round(self, at: Sequence[Progress], is_ready: bool, news_s: float = 0.0) -> list[Progress]:
        """Return the progress after the next page of each shard; `at` when there is nothing, as far
        as was known `news_s` seconds ago."""
        return [self._advance(each, is_ready, news_s, is_alone=len(at) == 1) for each in at]

    def _advance(self, at: Progress, is_ready: bool, news_s: float, *, is_alone: bool) -> Progress:
        if at.planned is not None:
            return self._end.take(at, at.planned, self._store.span(at.position, at.planned))
        events = self._store.page(at.position, news_s) if is_ready else []
        if not events:
            return at
        until = events[-1].position
        if not is_alone and (reach := self._store.reach(at.position, until)) < until:
            until, events = reach, [event for event in events if event.position <= reach]
        return self._take(at, until, events) if until > at.position else at

    def _take(self, at: Progress, until: int, events: Sequence[RecordedEvent]) -> Progress:
        """Have a page taken without orgs that are set aside; one that fails is halved, until the
        event that cannot be taken is alone."""
        if self._parked:
            events = [event for event in events if event.org not in self._parked]
        try:
            return self._end.take(at, until, events)
        except Exception as error:
            if not events or _passes(error):
                raise
            if len(events) == 1:
                return self._park(at, until, events[0], error)
        middle = events[len(events) // 2 - 1].position
        at = self._take(at, middle, [event for event in events if event.position <= middle])
        return self._take(at, until, [event for event in events if event.position > middle])

    def _park(self, at: Progress, until: int, event: RecordedEvent, error: Exception) -> Progress:
        why = _reason(error)
        at = self._store.park(at, event, why)
        self._parked[event.org] = Parked(event.sequence - 1, event.org)
        _log.error(
            "ALARM: the follower %s cannot apply %s sequence %d, and has set the org aside: %s",
            self._end.name,
            event.org,
            event.sequence,
            why,
            exc_info=None if isinstance(error, LedgerError) else error,
            extra=Alarm.ORG_SET_ASIDE.mark,
        )
        return self._take(at, until, []) if until > at.position else at

    def _retry(self) -> None:
        """Try what orgs that were set aside wait for; of one that fails the rest waits."""
        for parked in tuple(self._parked.values()):
            try:
                self._catch_up_org(parked)
            except Exception as error:
                if _passes(error):
                    raise
                _log.warning("follower %s: %s: %s", self._end.name, parked.org, _reason(error))

    def _catch_up_org(self, at: Parked) -> None:
        while events := self._store.parked_page(at):
            at = self._end.take(at, events[-1].sequence, events)
        self._store.unpark(at)
        del self._parked[at.org]
        _log.info("follower %s: %s is followed again.", self._end.name, at.org)

    def _follow(self) -> None:
        at, looked = self._look(), time.monotonic()
        pause = IDLE_S
        while not self._stop.is_set():
            began = time.monotonic()
            before, at = at, self._round(at, self._end.is_ready(), NEWS_S)
            if at != before:
                pause = IDLE_S
                took_s = time.monotonic() - began
                self._stop.wait(rest_after(before, at, took_s, self._rest_max_s))
            else:
                self._stop.wait(pause)
                pause = min(pause * 1.5, self._idle_max_s)
            if time.monotonic() - looked >= LOOK_S:
                at, looked = self._look(at), time.monotonic()


def rest_after(
    before: Sequence[Progress], at: Sequence[Progress], took_s: float, max_s: float
) -> float:
    """Return how long to rest after a page of each shard."""
    events = sum(now.position - then.position for then, now in zip(before, at, strict=False))
    if events >= PAGE_EVENTS or took_s >= max_s:
        return 0.0
    return max_s if events >= FEW_EVENTS else min(RESTS * took_s, max_s)


def _is_past(at: Iterable[Progress], until: Mapping[int, int]) -> bool:
    positions = {shard_of(each.position): each.position for each in at}
    return all(positions.get(shard, -1) >= position for shard, position in until.items())


def heads_of(events: Iterable[RecordedEvent]) -> dict[str, int]:
    """Return the last sequence of each org among events."""
    return {event.org: event.sequence for event in events}


def _reason(error: Exception) -> str:
    return error.detail if isinstance(error, LedgerError) else f"a fault of ours: {error!r}"


def _passes(error: Exception) -> bool:
    """Tell whether it is only a matter of time; anything else needs a person."""
    return isinstance(error, Unavailable | Superseded)
