"""What verification reads, as Protocols: the store at one moment, and what was signed of it.

Their contract suite is `tests/tamper/verification/test_snapshots.py`, run on every adapter.
Methods raise Unavailable when the store does not answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from ledger.access_log.log import AccessHead
from ledger.kernel.chain import Head
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.shards import shard_of
from ledger.kernel.snapshot import SnapshotRow
from ledger.ports import DueRow, RecordedEvent
from ledger.proof.checkpoint import SealRow, Signed
from ledger.proof.tiles import Tile


class Span(NamedTuple):
    """Sequences, or sizes, of an org: after one up to and including another."""

    org: str
    after: int
    until: int


@dataclass(frozen=True)
class Scope:
    """Which events are looked at: of these orgs (None: of all), after these sequences.

    `positions`: by shard, all of them stand after it, so that a long history before need not be
    read. `before`: the last sequences before, of orgs that began there.
    """

    orgs: frozenset[str] | None = None
    after: Mapping[str, int] = field(default_factory=dict)
    positions: Mapping[int, int] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole store."""
        return self.orgs is None and not self.after

    def has(self, org: str) -> bool:
        """Whether an org is looked at."""
        return self.orgs is None or org in self.orgs

    def has_event(self, event: RecordedEvent) -> bool:
        """Whether an event is looked at."""
        position = self.positions.get(shard_of(event.position))
        return (
            self.has(event.org)
            and event.sequence > self.after.get(event.org, event.sequence - 1)
            and (position is None or event.position > position)
        )


WHOLE = Scope()
"""The whole store."""


class StoredTree(NamedTuple):
    """What the store says of an org's tree: see `schemas/postgres/0007_sealer.sql`."""

    size: int = 0
    hash: bytes = b""
    recorded_us: int = 0
    unsigned_us: int | None = None
    signed: int = 0
    sealed_us: int = 0
    refused: str | None = None


class TreeState(NamedTuple):
    """A stored tree as `StoredTree` has it; its newest checkpoint (0: none), and when that was
    signed."""

    org: str
    size: int
    hash: bytes
    recorded_us: int
    unsigned_us: int | None
    signed: int
    sealed_us: int
    refused: str | None
    newest: int
    newest_us: int


class Followed(NamedTuple):
    """How far a follower of the events is in a shard, and the end of a range it is about to
    write."""

    name: str
    position: int
    planned: int | None


class FollowerHead(NamedTuple):
    """The last sequence of an org that a read model says it has, and the right one (None: none)."""

    org: str
    name: str
    stored: int | None
    right: int | None


class Snapshot(Protocol):
    """The store at one moment. Rows come as they are stored, also what stands twice."""

    # -- the events --------------------------------------------------------------------------

    def orgs(self) -> list[str]:
        """Every org that any row of any table names, in order."""

    def shards(self) -> list[tuple[int, int]]:
        """Number and last position given out of each shard, as they are stored."""

    def last_positions(self) -> dict[int, int]:
        """The position of the last event of each shard that has any."""

    def event_count(self, scope: Scope) -> int:
        """About how many events a scope has: for showing progress."""

    def rows(self, scope: Scope) -> Iterator[list[bytes]]:
        """The events of a scope in bounded pages, as `stored_rows` writes them.

        Those of a shard come by position, a page is of one shard, and those of an org come by
        sequence, in whichever shards they stand. Also those of archives that are at hand.
        """

    def events_of(self, org: str, sequence: int) -> list[RecordedEvent]:
        """Every event that claims a place in an org's chain, by position; none of archives."""

    def is_archived(self, org: str, sequence: int) -> bool:
        """Whether an event is in an archive."""

    def events_of_type(self, org: str, type_: str) -> list[RecordedEvent]:
        """An org's events of a type, by position; for rare types, and none of archives."""

    def heads(self) -> Iterable[tuple[str, Head]]:
        """The heads of all orgs."""

    # -- what seals them ---------------------------------------------------------------------

    def trees(self) -> list[TreeState]:
        """The state of every org that has a tree or a checkpoint."""

    def checkpoints(self, spans: Sequence[Span]) -> list[SealRow]:
        """The stored checkpoints with sizes in these spans, by org and size."""

    def newest_logs(self) -> list[SealRow]:
        """Of each org the checkpoint that says the most of its access log, if one says anything."""

    def tiles(self, wanted: Iterable[tuple[str, Tile]]) -> dict[tuple[str, Tile], bytes]:
        """Stored tiles; those that are not stored are left out."""

    def tile_hashes(self) -> Iterable[tuple[str, int, int]]:
        """How many hashes the tiles of each org and level hold together."""

    # -- what is kept beside them ------------------------------------------------------------

    def keys(self, keys: Sequence[Key]) -> list[KeyRow]:
        """The rows of keys."""

    def all_keys(self, scope: Scope) -> Iterable[KeyRow]:
        """Every key."""

    def due(self) -> Iterable[DueRow]:
        """When time next brings something, of each aggregate that waits for it."""

    def snapshots(self) -> Iterable[SnapshotRow]:
        """What has ended and left with an archive."""

    def declared(self, table: str) -> Iterable[Mapping[str, Any]]:
        """The rows of a table that a context declares."""

    # -- who follows the events ----------------------------------------------------------------

    def followers(self) -> list[Followed]:
        """Every read model and the sealer, by name."""

    def wrong_follower_heads(self, names: Sequence[str]) -> list[FollowerHead]:
        """What is stored of these read models, or of others, and is not what the events say."""

    def deliveries(self) -> list[tuple[str, int]]:
        """Each witness, and up to when the store says it has what was signed."""

    def last_sealed_us(self) -> int:
        """When the newest checkpoint of all was signed; 0: there is none."""


class SignedCheckpoints(Protocol):
    """What was signed and is kept outside the store, read before the snapshot was taken."""

    @property
    def asked_us(self) -> int:
        """When reading it began."""

    def reach(self, org: str) -> Mapping[str, int]:
        """Each witness that could be read, and the size of the org's log up to which it has it."""

    def delivered_us(self, witness: str) -> int:
        """Up to when the store said, just before it was asked, that a witness has what was signed;
        -1: the store does not know it."""

    def access_heads(self) -> list[tuple[str, AccessHead, str]]:
        """Org, the last end of its access log that was signed, and who holds that."""

    def orgs(self) -> list[str]:
        """Every org of which something is known, in order."""

    def signed(self, spans: Sequence[Span]) -> list[Signed]:
        """What was signed at the sizes in these spans, by org and size."""
