"""The shard follower: puts the events of one shard of the store into the trees of their orgs.

A tree is of an org and knows no shards. An org that has moved goes on in another shard, which may
be followed before the one that it came from: what its tree lacks is then fetched by its sequence.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import takewhile
from typing import TypeVar

from api.container import SealingStore, TilesDisagree
from api.sealing.refusals import Refusals
from api.sealing.trees import Trees
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import LedgerError, Unavailable
from ledger.kernel.shards import shard_of
from ledger.ports import RecordedEvent
from ledger.proof.sealing import NotAnExtension, TileGained, Tree

REST_S = 0.5
REST_MAX_S = 30.0
"""How long a shard rests that cannot be read, while the others go on; it doubles while that stays
so."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class ShardUnread(LedgerError):
    """The events of a shard cannot be read; those of the others may be."""

    code = "shard_unread"


class ShardFollower:
    """Follows one shard from a position of it. `grown` gets the orgs whose trees have grown."""

    def __init__(
        self,
        store: SealingStore,
        trees: Trees,
        refusals: Refusals,
        grown: dict[str, None],
        position: int,
    ) -> None:
        self.position = position
        self.stuck: ShardUnread | None = None
        """Why it did not get on the last time it tried."""
        self._store = store
        self._trees = trees
        self._refusals = refusals
        self._grown = grown
        self._opened = False
        self._rest_s = REST_S
        self._rests_until = 0.0

    def open(self, last: int) -> None:
        """Look through what is stored of the shard, which has given out positions up to `last`."""
        if self.position > last:
            _log.error(
                "ALARM: the sealer was set to position %s, the last is %s.",
                self.position,
                last,
                extra=Alarm.SEALER_SET_AHEAD.mark,
            )
            self._store.apply(self.position, last, [], {})
            self.position = last
        self._attempt(self._complete)

    def advance(self) -> bool:
        """Put the next page of events into their trees; False when there is none, or none can be
        read."""
        return time.monotonic() >= self._rests_until and self._attempt(self._advance)

    # -- a shard that cannot be read ---------------------------------------------------------

    def _attempt(self, work: Callable[[], bool]) -> bool:
        """Do some work, or let the shard rest: no other waits for it."""
        try:
            moved = work()
        except ShardUnread as error:
            self.stuck = error
            self._rests_until = time.monotonic() + self._rest_s
            self._rest_s = min(self._rest_s * 2, REST_MAX_S)
            _log.warning("sealer: %s", error.detail)
            return False
        self.stuck, self._rest_s = None, REST_S
        return moved

    def _reading(self, read: Callable[..., T], *arguments: object) -> T:
        try:
            return read(*arguments)
        except Unavailable as error:
            if not self._store.is_claimed:
                raise
            shard = shard_of(self.position)
            raise ShardUnread(f"shard {shard} is not sealed now: {error.detail}") from error

    # -- following ---------------------------------------------------------------------------

    def _advance(self) -> bool:
        if not self._opened:
            self._complete()
        events = self._reading(self._store.page, self.position)
        if events:
            self._take(events)
        return bool(events)

    def _take(self, events: Sequence[RecordedEvent]) -> None:
        by_org: dict[str, list[RecordedEvent]] = {}
        for event in events:
            by_org.setdefault(event.org, []).append(event)
        since = {org: each[0].recorded_us for org, each in by_org.items()}
        self._load(org for org in by_org if org not in self._refusals.orgs)
        for org, each in by_org.items():
            self._fill(org, each, events[-1].position)
        gained, grown = self._grow(by_org)
        self._refusals.note(since)  # before the position passes their events
        try:
            self._apply(events[-1].position, gained, grown, since)
        except TilesDisagree as error:
            for org in error.orgs:
                self._refuse(org, "its stored tiles were changed.")
            self._refusals.note(since)
            raise

    def _grow(self, by_org: dict[str, list[RecordedEvent]]) -> tuple[list[TileGained], list[Tree]]:
        gained: list[TileGained] = []
        grown: list[Tree] = []
        for org, events in by_org.items():
            tree = self._trees.held(org)
            if tree is None:
                continue
            new = [event for event in events if event.sequence > tree.size]
            if not new:
                continue  # fetched before, or the position was set back
            try:
                gained += tree.extend(new)
                grown.append(tree)
            except NotAnExtension as error:
                self._refuse(org, error.detail)
        return gained, grown

    # -- what its place in the shard does not bring ------------------------------------------

    def _complete(self) -> bool:
        """Bring up the trees of orgs whose events the position has passed: it was set forward, or
        they were refused, and may have been repaired."""
        behind = self._reading(self._store.behind, self.position)
        for org in sorted(behind.keys() - self._refusals.orgs):
            self._load([org])
            self._fetch(org, behind[org], self.position)
        self._refusals.note()
        self._opened = True
        return bool(behind)

    def _fill(self, org: str, events: Sequence[RecordedEvent], end: int) -> None:
        """Fetch what the org recorded in other shards before or between events of a page, which
        ends at a position."""
        tree = self._trees.held(org)
        if tree is None:
            return
        new = [event.sequence for event in events if event.sequence > tree.size]
        if new and new[-1] - tree.size > len(new) and new == sorted(new):
            self._fetch(org, new[-1], end)

    def _fetch(self, org: str, until: int, passed: int) -> None:
        """Put the events of an org up to a sequence into its tree, but those of this shard only up
        to a position."""
        tree = self._trees.held(org)
        while tree is not None and tree.size < until:
            missed = self._reading(self._store.missed, org, tree.size, until)
            events = list(takewhile(partial(self._is_due, passed), missed))
            if not events:
                return  # it comes in its place, or what comes does not follow
            try:
                gained = tree.extend(events)
                self._apply(self.position, gained, [tree], {org: events[0].recorded_us})
            except (NotAnExtension, TilesDisagree) as error:
                self._refuse(org, error.detail)
                return

    def _is_due(self, passed: int, event: RecordedEvent) -> bool:
        return event.position <= passed or shard_of(event.position) != shard_of(passed)

    # -- inside ------------------------------------------------------------------------------

    def _apply(
        self,
        until: int,
        gained: Sequence[TileGained],
        grown: Sequence[Tree],
        since: Mapping[str, int],
    ) -> None:
        stands = {
            tree.org: (tree.size, tree.hash, tree.recorded_us, since[tree.org]) for tree in grown
        }
        self._store.apply(self.position, until, gained, stands)
        self.position = until
        self._grown.update(dict.fromkeys(stands))

    def _load(self, orgs: Iterable[str]) -> None:
        for org, why in self._trees.load(orgs).items():
            self._refuse(org, why)

    def _refuse(self, org: str, why: str) -> None:
        self._trees.drop(org)
        self._grown.pop(org, None)
        self._refusals.add(org, why)
