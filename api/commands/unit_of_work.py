"""Unit of work: what the commands of one group do, and what they see while they are decided.

Used by one thread. A command that is refused leaves no trace.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Protocol, TypeAlias, TypeVar

from api.commands.group_state import GroupState
from api.commands.result import (
    CommandResult,
    KeyedResult,
    PendingFact,
    StoredFact,
    archived,
    pending_fact_of,
)
from ledger.kernel.actor import Actor
from ledger.kernel.aggregate import Fact, LedgerAggregate
from ledger.kernel.chain import EMPTY, Head
from ledger.kernel.errors import Refusal
from ledger.kernel.ids import split_stream_id
from ledger.kernel.keys import Key
from ledger.kernel.texts import Text
from ledger.kernel.times import moment
from ledger.ports import EventStore

A = TypeVar("A", bound=LedgerAggregate)
S = TypeVar("S", bound=GroupState)
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

AggregateRef: TypeAlias = tuple[type[LedgerAggregate], str]
"""An aggregate: its kind and its id."""


class Aggregates(Protocol):
    """Aggregates as of the heads; `api/writer/aggregate_cache.py`."""

    def get(self, kind: type[A], aggregate_id: str) -> A | None:
        """Return an aggregate, or None when it has no history."""

    def touch(self, aggregate: LedgerAggregate) -> None:
        """Keep what the group has done to an aggregate."""

    def stored_fact_of(self, aggregate_id: str, version: int) -> Fact | None:
        """Return a committed fact of an aggregate, unless it is in an archive."""


class Keys(Protocol):
    """What keys were used for; `api/writer/idempotency.py`."""

    def use(self, key: Key, result: KeyedResult, fingerprint: str, content: str | None) -> None:
        """Use a key for what came with this fingerprint and text."""

    def erase(self, org: str, digests: Iterable[str]) -> None:
        """Have texts erased: who sends one again is not shown it."""

    def replay(self, key: Key, fingerprint: str, content: str | None) -> CommandResult | None:
        """Return the result of a key used before; refused if it came with other content."""

    def find(self, key: Key) -> StoredFact | None:
        """Find the fact that used a key, in this group or before."""

    def remembers(self, key: Key) -> bool:
        """Tell whether `find` finds what used a key without its having been looked up."""


class UnitOfWork(GroupState):
    """The group being decided: what commands find, and what they have recorded so far."""

    def __init__(
        self,
        store: EventStore,
        heads: Mapping[str, Head],
        aggregates: Aggregates,
        keys: Keys,
        states: Iterable[GroupState],
        recorded: Mapping[type[Fact], Sequence[OnRecorded]],
        refused: Mapping[type[Refusal], OnRefused],
    ) -> None:
        self._store = store
        self._heads = heads
        self._aggregates = aggregates
        self.keys = keys
        self._states = {type(each): each for each in states}
        self._recorded = recorded
        self._refused = refused
        self._facts_in_flight: list[PendingFact] = []
        self._texts_in_flight: list[tuple[str, Text]] = []
        self.begin()

    # -- a group -----------------------------------------------------------------------------

    def begin(self) -> None:
        self.clock_us = 0
        self.pending_facts: list[PendingFact] = []
        self.texts: list[tuple[str, Text]] = []
        self.erased: list[tuple[str, Sequence[str]]] = []
        self.found: defaultdict[object, dict[object, object]] = defaultdict(dict)
        self._nows: dict[str, datetime] = {}

    def commit_started(self) -> None:
        self._facts_in_flight, self._texts_in_flight = self.pending_facts, self.texts

    def commit_succeeded(self) -> None:
        self._facts_in_flight, self._texts_in_flight = [], []

    def commit_failed(self) -> None:
        self._facts_in_flight, self._texts_in_flight = [], []

    # -- what commands find ------------------------------------------------------------------

    def now(self, org: str) -> datetime:
        """Return the moment of decisions in an org: never before what it recorded last."""
        at = self._nows.get(org)
        if at is None:
            last_us = self._heads.get(org, EMPTY).recorded_us
            at = self._nows[org] = moment(max(self.clock_us, last_us))
        return at

    def get(self, kind: type[A], aggregate_id: str) -> A | None:
        """Return an aggregate, or None when it has no history."""
        return self._aggregates.get(kind, aggregate_id)

    def state(self, kind: type[S]) -> S:
        """Return what a context keeps beside its aggregates; its `CommitHooks` declare it."""
        found = self._states[kind]
        assert isinstance(found, kind)
        return found

    def fact_at(self, org: str, sequence: int) -> Fact | None:
        """Return a fact of an org, committed or in flight."""
        for pending_fact in self._facts_in_flight:
            of, _ = split_stream_id(pending_fact.aggregate_id)
            if (of, pending_fact.sequence) == (org, sequence):
                return pending_fact.fact
        event = self._store.events_at([(org, sequence)]).get((org, sequence))
        if event is None and 0 < sequence <= self._heads.get(org, EMPTY).sequence:
            raise archived(f"sequence {sequence}")
        return None if event is None else pending_fact_of(event).fact

    def fact_of(self, aggregate_id: str, version: int) -> Fact:
        """Return a fact of an aggregate, committed or in doubt."""
        for pending_fact in self.unconfirmed():
            if (pending_fact.aggregate_id, pending_fact.version) == (aggregate_id, version):
                return pending_fact.fact
        found = self._aggregates.stored_fact_of(aggregate_id, version)
        if found is None:
            raise archived("what this depends on")
        return found

    def unconfirmed(self) -> Iterator[PendingFact]:
        """Yield what was recorded and is not known to be stored: in flight and by this group, in
        order.

        Those of this group have no sequence yet.
        """
        yield from self._facts_in_flight
        yield from self.pending_facts

    def texts_of(self, org: str, person: str, limit: int) -> list[str]:
        """Return the digests of a person's texts, stored, in flight or of this group, at most so
        many."""
        stored = self._store.texts_of(org, person, limit)
        new = [
            text.digest
            for of, text in (*self._texts_in_flight, *self.texts)
            if (of, text.person) == (org, person)
        ]
        return list(dict.fromkeys(stored + new))[:limit]

    # -- what commands do --------------------------------------------------------------------

    def record(self, aggregate: LedgerAggregate, actor: Actor, key: str = "") -> PendingFact:
        """Take what an aggregate has decided into the group; return the last of its facts.

        What had fallen due before it was brought by time, so it carries no key.
        """
        self._aggregates.touch(aggregate)  # first: from here on it is not as it was
        pending_facts = [
            PendingFact(fact, actor)
            for fact in aggregate.collect_events()
            if isinstance(fact, Fact)
        ]
        pending_facts[-1].key = key
        self.pending_facts += pending_facts
        if pending_facts[0].version == 1:
            self._begin_aggregate(pending_facts[-1].fact)
        for pending_fact in pending_facts:
            if digests := pending_fact.fact.erased():
                self._erase(pending_fact.fact, digests)
            for on_recorded in self._recorded.get(type(pending_fact.fact), ()):
                on_recorded(self, pending_fact)
        return pending_facts[-1]

    def claim(
        self, key: Key, result: KeyedResult, fingerprint: str, sealed: Text | None = None
    ) -> None:
        """Use a key; the text that came with it is stored beside the events."""
        self.keys.use(key, result, fingerprint, sealed.content if sealed else None)
        if sealed is not None:
            self.texts.append((key.org, sealed))

    def explain(self, refusal: Refusal) -> Refusal:
        """Return a refusal with what contexts have to say of one of its kind."""
        on_refused = self._refused.get(type(refusal))
        if on_refused is not None:
            on_refused(self, refusal)
        return refusal

    def _erase(self, fact: Fact, digests: Sequence[str]) -> None:
        """Have the texts erased that a fact declares, from now on also for who asks in this
        group."""
        org, _ = split_stream_id(fact.originator_id)
        self.erased.append((org, digests))
        self.keys.erase(org, digests)

    def _begin_aggregate(self, fact: Fact) -> None:
        """Ask again for what was not there before; an org begins at the platform's time."""
        org, _ = split_stream_id(fact.originator_id)
        self._nows[org] = max(self.now(org), fact.timestamp)
        self.found.clear()


OnRecorded: TypeAlias = Callable[[UnitOfWork, PendingFact], None]
"""What a context does when a fact of a kind is recorded."""

OnRefused: TypeAlias = Callable[[UnitOfWork, Refusal], None]
"""What a context has to say of a refusal of a kind; it records nothing."""


def once_a_group(find: Callable[[UnitOfWork, K], V]) -> Callable[[UnitOfWork, K], V]:
    """Have a finder asked once for each key of a group, until an aggregate begins there.

    A command that decides on an aggregate gets it from the unit instead, which notes that it did.
    """

    @wraps(find)
    def found(unit: UnitOfWork, key: K) -> V:
        known = unit.found[find]
        try:
            return known[key]  # type: ignore[return-value]  # a V, as none but `find` puts it there
        except KeyError:
            value = unit.found[find][key] = find(unit, key)
            return value

    return found
