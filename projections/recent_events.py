"""Recent events: what was read last of each shard, for all followers of a process.

They are at about the same place most of the time, and events never change: so what one has read,
the others need not read again. Where there is much to catch up with, who is ahead waits a moment
for who is behind, since what they do together is done once (`bench/followers.py`).
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from operator import attrgetter

from ledger.kernel.shards import shard_of
from ledger.ports import RecordedEvent

PAGE_EVENTS = 2_000
PAGE_BYTES = 8_000_000
"""Bodies of one page, in bytes: about 20,000 usage lines."""

PAGES_KEPT = 3
PATIENCE_S = 1.0
"""How long those who are ahead wait for one who is not heard of."""

_position = attrgetter("position")


class RecentEvents:
    """The events that were asked for last. Used by many threads: who asks for what another reads
    waits for it. `pages`: how many are kept until the others come for them."""

    def __init__(self, pages: int = PAGES_KEPT, patience_s: float = PATIENCE_S) -> None:
        self._pages = pages
        self._patience_s = patience_s
        self._shards: dict[int, _Stretch] = {}
        self._moved = threading.Condition()

    def after(
        self,
        follower: str,
        position: int,
        read: Callable[[], Sequence[RecordedEvent]],
        news_s: float = 0.0,
    ) -> Sequence[RecordedEvent]:
        """Return the page after a position; read, where nobody has. There may be more by now. That
        there was none may be so old as `news_s`: so many who wait for an event ask as one."""
        if not self._pages:
            return read()
        with self._moved:
            stretch = self._shards.setdefault(shard_of(position), _Stretch(position))
            if position == stretch.until and time.monotonic() - stretch.ended_at < news_s:
                stretch.came[follower] = (position, time.monotonic())
                return []
            page = self._page(stretch, follower, position, read)
            stretch.came[follower] = (page[-1].position if page else position, time.monotonic())
            self._moved.notify_all()
            return page

    def _page(
        self,
        stretch: _Stretch,
        follower: str,
        position: int,
        read: Callable[[], Sequence[RecordedEvent]],
    ) -> Sequence[RecordedEvent]:
        if position < stretch.came.get(follower, (position, 0.0))[0]:
            stretch.begin(position)  # it was set back: what was read may be archived since
        if position == stretch.until:
            self._moved.wait_for(
                lambda: position != stretch.until or not self._is_awaited(stretch, follower),
                self._patience_s,
            )
        if stretch.after <= position < stretch.until:
            return stretch.page(position)
        page = read()
        if position != stretch.until and not any(
            stretch.after <= at <= stretch.until for at in self._others(stretch, follower)
        ):
            stretch.begin(position)
        if position == stretch.until:
            stretch.extend(page, self._pages)
            stretch.ended_at = 0.0 if page else time.monotonic()
        return page

    def _is_awaited(self, stretch: _Stretch, follower: str) -> bool:
        """Tell whether another would find itself alone with the next page, or is so by little."""
        near = stretch.after - self._pages * PAGE_EVENTS
        behind = [at for at in self._others(stretch, follower) if at >= near]
        return bool(behind) and not stretch.keeps(min(behind), self._pages - 1)

    def _others(self, stretch: _Stretch, follower: str) -> list[int]:
        """Return where the other followers go on that were here just now."""
        since = time.monotonic() - self._patience_s
        return [at for who, (at, when) in stretch.came.items() if who != follower and when >= since]


class _Stretch:
    """Consecutive events of a shard, after one position up to another, and who came where."""

    def __init__(self, position: int) -> None:
        self.came: dict[str, tuple[int, float]] = {}
        self.begin(position)

    def begin(self, position: int) -> None:
        """Forget the events, and go on after a position."""
        self.after = self.until = position
        self._events: list[RecordedEvent] = []
        self._ends: list[int] = []
        """How many bytes of bodies there were up to each, counted from the first of all."""
        self.ended_at = 0.0
        """When there was nothing more; 0: there may be."""

    def extend(self, events: Sequence[RecordedEvent], pages: int) -> None:
        """Add what comes next, and forget the first of what is more than so many pages."""
        read = self._ends[-1] if self._ends else 0
        for event in events:
            read += len(event.body)
            self._events.append(event)
            self._ends.append(read)
        if events:
            self.until = events[-1].position
        many = bisect_left(self._ends, read - pages * PAGE_BYTES)
        if forgotten := max(many, len(self._events) - pages * PAGE_EVENTS):
            self.after = self._events[forgotten - 1].position
            del self._events[:forgotten], self._ends[:forgotten]

    def page(self, position: int) -> Sequence[RecordedEvent]:
        """Return the events after a position, as many as a page has; there is one."""
        first = bisect_right(self._events, position, key=_position)
        full = bisect_left(self._ends, self._before(first) + PAGE_BYTES)
        return self._events[first : min(first + PAGE_EVENTS, full + 1)]

    def keeps(self, position: int, pages: int) -> bool:
        """Tell whether there are no more events after a position than so many pages have."""
        first = bisect_right(self._events, position, key=_position)
        if first == len(self._events):
            return True
        rest = self._ends[-1] - self._before(first)
        return len(self._events) - first <= pages * PAGE_EVENTS and rest <= pages * PAGE_BYTES

    def _before(self, place: int) -> int:
        """Return how many bytes there were before an event."""
        return self._ends[place] - len(self._events[place].body)
