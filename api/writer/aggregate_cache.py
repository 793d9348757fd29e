"""Aggregate cache: aggregates in memory as of the heads, and as the group has them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TypeVar

from eventsourcing.application import AggregateNotFoundError

from api.commands.application import Ledger
from api.commands.group_state import GroupState
from api.commands.hooks import Loader
from api.commands.unit_of_work import AggregateRef
from ledger.kernel.aggregate import Archivable, Fact, LedgerAggregate
from ledger.kernel.ids import stream_id
from ledger.kernel.snapshot import restored

AGGREGATES_MAX = 200_000
"""Aggregates kept in memory; the least recently used leave first."""

A = TypeVar("A", bound=LedgerAggregate)


class AggregateCache(GroupState):
    """Aggregates as of the heads, bounded; those that a failed group has changed leave it.

    An aggregate is read by the loader of its kind, or replayed.
    """

    def __init__(
        self,
        ledger: Ledger,
        loaders: Mapping[type[LedgerAggregate], Loader],
        aggregates_max: int = AGGREGATES_MAX,
    ) -> None:
        self._ledger = ledger
        self._loaders = loaders
        self._aggregates_max = aggregates_max
        self._aggregates: OrderedDict[str, LedgerAggregate | None] = OrderedDict()  # None: absent
        self._in_flight: Mapping[str, LedgerAggregate] = {}
        self.begin()

    # -- a group -----------------------------------------------------------------------------

    def begin(self) -> None:
        self.touched: dict[str, LedgerAggregate] = {}
        self.lent: list[LedgerAggregate] = []

    def fail(self) -> None:
        self._evict(self.touched)
        self._evict([each.id for each in self.lent if each.pending_events])

    def commit_started(self) -> None:
        self._in_flight = self.touched
        for aggregate_id, aggregate in self.touched.items():
            self._aggregates[aggregate_id] = aggregate
            self._aggregates.move_to_end(aggregate_id)
        while len(self._aggregates) > self._aggregates_max:
            self._aggregates.popitem(last=False)

    def commit_succeeded(self) -> None:
        self._in_flight = {}

    def commit_failed(self) -> None:
        self._evict(self._in_flight)
        self._in_flight = {}

    def forget(self, org: str, since: int, until: int) -> None:
        events = self._ledger.event_store.events_after(org, since)
        if sum(event.sequence <= until for event in events) < until - since:
            self.distrust(org)  # what has left with an archive may be of any of them
        for event in events:
            self._aggregates.pop(stream_id(org, event.stream), None)

    def distrust(self, org: str) -> None:
        prefix = stream_id(org, "")
        self._evict([each for each in self._aggregates if each.startswith(prefix)])

    # -- what commands use -------------------------------------------------------------------

    def get(self, kind: type[A], aggregate_id: str) -> A | None:
        """Return an aggregate, or None when it has no history."""
        found = self.touched.get(aggregate_id) or self._aggregates.get(aggregate_id)
        if found is None:
            found = self._in_flight.get(aggregate_id)
            if found is None and aggregate_id not in self._aggregates:
                self._load(kind, [aggregate_id])
                found = self._aggregates[aggregate_id]
        if found is None:
            return None
        assert isinstance(found, kind)
        self.lent.append(found)
        return found

    def has_pending(self, since: int) -> bool:
        """Tell whether something was decided, and not recorded, in what was lent since then."""
        return any(each.pending_events for each in self.lent[since:])

    def fetch(self, refs: Iterable[AggregateRef]) -> None:
        """Have aggregates in memory that the group will need, with one question for each kind."""
        unseen: dict[type[LedgerAggregate], dict[str, None]] = {}
        for kind, aggregate_id in refs:
            if aggregate_id in self._aggregates:
                continue
            if aggregate_id not in self.touched and aggregate_id not in self._in_flight:
                unseen.setdefault(kind, {})[aggregate_id] = None
        for kind, aggregate_ids in unseen.items():
            self._load(kind, aggregate_ids)

    def touch(self, aggregate: LedgerAggregate) -> None:
        """Keep what the group has done to an aggregate."""
        self.touched[aggregate.id] = aggregate

    def stored_fact_of(self, aggregate_id: str, version: int) -> Fact | None:
        """Find a committed fact of an aggregate, unless it is in an archive."""
        for fact in self._ledger.events.get(aggregate_id, gt=version - 1, lte=version):
            assert isinstance(fact, Fact)
            return fact
        return None

    # -- inside ------------------------------------------------------------------------------

    def _load(self, kind: type[LedgerAggregate], aggregate_ids: Iterable[str]) -> None:
        loader = self._loaders.get(kind)
        store = self._ledger.event_store
        found = loader(store, aggregate_ids) if loader else self._replayed(kind, aggregate_ids)
        for aggregate_id in aggregate_ids:
            aggregate = self._aggregates[aggregate_id] = found.get(aggregate_id)
            if aggregate is not None:
                aggregate.due_kept_us = aggregate.due_us()

    def _replayed(
        self, kind: type[LedgerAggregate], aggregate_ids: Iterable[str]
    ) -> dict[str, LedgerAggregate]:
        found: dict[str, LedgerAggregate] = {}
        for aggregate_id in aggregate_ids:
            left = self._left(kind, aggregate_id)
            if left is not None:
                found[aggregate_id] = left
                continue
            with suppress(AggregateNotFoundError):
                found[aggregate_id] = self._ledger.repository.get(aggregate_id)
        return found

    def _left(self, kind: type[LedgerAggregate], aggregate_id: str) -> LedgerAggregate | None:
        """Return an aggregate whose events have left with an archive, as its snapshot remembers
        it."""
        if kind.ARCHIVABLE is not Archivable.ENDED:
            return None
        snapshot = self._ledger.event_store.snapshot_of(aggregate_id)
        if snapshot is None:
            return None
        aggregate = restored(kind, snapshot)
        for fact in self._ledger.events.get(aggregate_id, gt=snapshot.version):
            assert isinstance(fact, Fact)
            fact.mutate(aggregate)
        return aggregate

    def _evict(self, aggregate_ids: Iterable[str]) -> None:
        for aggregate_id in aggregate_ids:
            self._aggregates.pop(aggregate_id, None)
