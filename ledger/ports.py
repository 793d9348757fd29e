"""Ports: the event store and the clock, Protocols with the promise each must keep.

The store is also an `ApplicationRecorder` of the eventsourcing library; `EventStore` is what this
ledger needs beyond it. What a context asks of it besides stands in the context's own `ports`. Each
port has one contract suite in `tests/contracts`, run on every adapter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from ledger.kernel.chain import Head, Link
from ledger.kernel.errors import LedgerError, Unavailable
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.leases import Lease, Peer
from ledger.kernel.rows import Row
from ledger.kernel.snapshot import SnapshotRow
from ledger.kernel.texts import Text


class RaceLost(LedgerError):
    """Another process moved the head of an org: catch up and decide again."""

    code = "race_lost"


class KeyUsed(RaceLost):
    """A key of the batch was used before: mostly by a caller who sends the same again."""


class LeaseLost(LedgerError):
    """The lease that a batch was decided under is another's by now: nothing was written. Whoever
    holds it decides."""

    code = "lease_lost"


class WrongShard(LedgerError):
    """An org of the batch lives in another shard than the batch names: nothing was written. Ask
    `shards_of` in which."""

    code = "wrong_shard"


class OrgMoved(Unavailable):
    """The outcome of a command whose org lives in another shard: whoever asks the writer of that
    one gets an answer. Nothing was recorded."""

    def __init__(self, org: str, shard: int) -> None:
        super().__init__("the org is being moved: send the same again.")
        self.org = org
        self.shard = shard

    def __reduce__(self) -> tuple[object, ...]:
        return OrgMoved, (self.org, self.shard)


class OutcomeUnknown(LedgerError):
    """The connection was lost while committing: ask `is_committed` before deciding again."""

    code = "outcome_unknown"


class StoreFailed(LedgerError):
    """The store did not take it, for a reason other than a lost race; nothing was written."""

    code = "store_failed"


class StoreFull(Unavailable):
    """The store has no room for anything now; nothing was written."""

    code = "store_full"


class NotStorable(LedgerError):
    """The store can never take it: a value out of range, or a question it cannot answer."""

    code = "not_storable"


class DueRow(NamedTuple):
    """When time next brings something to record in an aggregate.

    None, in a batch only: nothing any more, until something is done.
    """

    org: str
    stream: str
    due_us: int | None


class RecordedEvent(NamedTuple):
    """An event as it is stored."""

    position: int
    org: str
    sequence: int
    stream: str
    version: int
    type: str
    recorded_us: int
    actor: str
    idempotency_key: str
    body: bytes
    hash: bytes


@dataclass
class Batch:
    """One commit: whole or not at all, of orgs that live in one shard."""

    clock_us: int
    heads_before: Mapping[str, Head]
    heads_after: Mapping[str, Head]
    links: Sequence[Link]
    keys: Sequence[KeyRow] = ()
    balances: Sequence[Row] = ()
    due: Sequence[DueRow] = ()
    """The moments that are others than before."""
    texts: Sequence[tuple[str, Text]] = ()
    counters: Sequence[Row] = ()
    meters: Sequence[Row] = ()
    rows: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    """Rows of the tables that contexts declare, by table: put, or added to those that are there."""
    erased: Sequence[tuple[str, Sequence[str]]] = ()
    """Digests of texts to erase, by org."""
    heads_seen: Mapping[str, Head] = field(default_factory=dict)
    """Heads that it was decided on without asking: they must still be what they were."""
    shard: int = 1
    epoch: int | None = None
    """Of the shard's lease; None: decided under none, by who is no writer of a service."""


class Rows(Protocol):
    """The rows of look-up tables, as their aggregates have declared them."""

    def kept_rows(self, table: str, places: Sequence[tuple[str, ...]]) -> list[Mapping[str, Any]]:
        """Return the rows of a table with these keys, of those that it has."""


class EventStore(Protocol):
    """The write side of the store. Used by one thread at a time."""

    def look_up(
        self, orgs: Iterable[str], keys: Iterable[Key]
    ) -> tuple[dict[str, Head], dict[Key, KeyRow]]:
        """Return the heads of orgs and the known keys, from one moment."""

    def exclusively(self, orgs: Iterable[str]) -> AbstractContextManager[None]:
        """Be the only one to commit to these orgs, after waiting for others that are.

        For whoever has lost a race: what is decided inside cannot lose another. `append` inside is
        durable when the context ends, which may raise OutcomeUnknown.
        """

    def append(self, batch: Batch) -> int:
        """Commit a batch and answer the position of its first event; the rest follow it.

        Durable when it returns. Raises RaceLost, LeaseLost, WrongShard, OutcomeUnknown,
        ClockSkewed, StoreFailed or NotStorable.
        """

    def shards_of(self, orgs: Iterable[str]) -> dict[str, int]:
        """Return the shard that each of some orgs lives in; one that nothing is known of lives in
        the first."""

    def is_committed(self, batch: Batch) -> bool:
        """Tell whether a batch whose outcome was unknown has committed. Exact: waits for its
        locks."""

    def snapshot_of(self, aggregate_id: str) -> SnapshotRow | None:
        """Return the snapshot of an aggregate that has ended and whose events have left."""

    def events_after(self, org: str, sequence: int) -> list[RecordedEvent]:
        """Return an org's events after a sequence, in order."""

    def events_at(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], RecordedEvent]:
        """Return events by org and sequence."""

    def texts(self, org: str, digests: Iterable[str]) -> dict[str, Text]:
        """Return texts that were not erased, by digest."""

    def texts_of(self, org: str, person: str, limit: int) -> list[str]:
        """Return the digests of a person's texts that were not erased, at most so many."""


class Leases(Protocol):
    """The lease of one shard, for one writer. Used by one thread at a time. Raises Unavailable when
    the store does not answer."""

    def local_host(self) -> str:
        """Return the address of this machine as the store sees it: others who reach the store reach
        us there, too."""

    def hold(self, peer: Peer, lost: int) -> Lease:
        """Renew the lease, or take it if that may be: nobody has it, who has it is dead or did not
        renew it in time, or its service has two more than ours. Return whose it is then. `lost`:
        races lost since the last time, which count if the lease is ours."""

    def release(self, peer: Peer) -> None:
        """Let whoever wants it take it at once."""

    def close(self) -> None:
        """Close the connection: to others that is the end of who held the lease."""


class DueWork(Protocol):
    """What the scheduler looks for. Raises Unavailable when the store does not answer."""

    def due_streams(self, now_us: int, limit: int, after: DueRow | None = None) -> list[DueRow]:
        """Return aggregates in which something has fallen due by a moment, the oldest first, after
        one."""


class Clock(Protocol):
    """Time."""

    def __call__(self) -> int:
        """Return the microseconds since 1970-01-01 UTC."""
