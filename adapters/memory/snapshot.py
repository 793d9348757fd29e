"""A store as rows in memory, and the snapshot port over them: verification without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.memory.event_store import MemoryEventStore
from ledger.credits.ports import BalanceRow, CounterRow
from ledger.credits.wallet_snapshot import (
    Movement,
    Sum,
    Totals,
    WalletSnapshotRow,
    WalletVersion,
    sum_of,
)
from ledger.kernel.chain import Head
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.shards import base_of, shard_of
from ledger.kernel.snapshot import SnapshotRow
from ledger.kernel.texts import Text, TextOwner
from ledger.ports import DueRow, RecordedEvent
from ledger.proof.checkpoint import SealRow
from ledger.proof.tiles import HASH_BYTES, Tile
from ledger.rating.ports import MeterRow
from ledger.verification.evidence import Followed, FollowerHead, Scope, Span, StoredTree, TreeState
from ledger.verification.shard_order import in_turn
from ledger.verification.stored_rows import encode_row
from projections.credits.transactions import TransactionRow
from projections.credits.wallet_snapshots import WalletSpan
from projections.ports import ArchivedLine, WrongSum
from projections.read_model import Model, Row
from projections.read_models import READ_MODELS
from projections.summary import Summary

PAGE_EVENTS = 500


@dataclass
class Tables:
    """Every row of a store; anything may be changed, as by the owner of a database."""

    events: list[RecordedEvent] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    shards: dict[int, int] = field(default_factory=lambda: {1: 0})
    """The last position given out of each shard."""

    keys: list[KeyRow] = field(default_factory=list)
    balances: list[BalanceRow] = field(default_factory=list)
    due: list[DueRow] = field(default_factory=list)
    snapshots: list[SnapshotRow] = field(default_factory=list)
    counters: list[CounterRow] = field(default_factory=list)
    meters: list[MeterRow] = field(default_factory=list)
    declared: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The rows of the tables that contexts declare, by table."""

    texts: list[tuple[str, Text]] = field(default_factory=list)
    erased: list[tuple[str, Text]] = field(default_factory=list)
    """Every text that was erased, without salt and content."""

    tiles: dict[tuple[str, Tile], bytes] = field(default_factory=dict)
    trees: dict[str, StoredTree] = field(default_factory=dict)

    checkpoints: list[SealRow] = field(default_factory=list)
    wallet_snapshots: list[WalletSnapshotRow] = field(default_factory=list)
    read_models: dict[str, list[Row]] = field(default_factory=dict)
    """The rows of read models, also of those for analysts, by name."""

    projected: dict[tuple[str, int], int] = field(default_factory=dict)
    """Follower of the events and shard → how far it is there."""

    follower_heads: dict[tuple[str, str], int] = field(default_factory=dict)
    """Org and name of a read model → the last sequence of the org that it says it has."""

    deliveries: dict[str, int] = field(default_factory=dict)
    """Witness → up to when it has what was signed."""

    def copy(self) -> Tables:
        """Return the same rows in tables of their own; rows never change."""
        return Tables(**{name: _copied(rows) for name, rows in vars(self).items()})

    @classmethod
    def of_journal(cls, event_store: MemoryEventStore) -> Tables:
        """Return what an event store has stored."""
        return cls(**event_store.stored_rows())


class MemorySnapshot:
    """The snapshot port over tables, which must not change while it is used."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._events = sorted(tables.events, key=lambda e: (e.position, e.org, e.sequence))
        self._keys: dict[Key, list[KeyRow]] | None = None
        self._by_org: dict[str, dict[str, list[Row]]] = {}

    # -- the events --------------------------------------------------------------------------

    def orgs(self) -> list[str]:
        tables = self._tables
        named = {event.org for event in self._events} | tables.heads.keys() | tables.trees.keys()
        named |= {org for org, _ in tables.tiles} | {
            org for org, _ in (*tables.texts, *tables.erased)
        }
        named |= {row.key.org for row in tables.keys}
        rows: Sequence[Sequence[Any]] = (
            tables.checkpoints,
            tables.balances,
            tables.due,
            tables.snapshots,
            tables.counters,
            tables.meters,
            tables.wallet_snapshots,
        )
        named |= {row.org for some in rows for row in some}
        named |= {row["org"] for some in tables.declared.values() for row in some}
        named |= {
            row[0]
            for name, some in tables.read_models.items()
            if not READ_MODELS[name].for_analysts
            for row in some
        }
        return sorted(named)

    def shards(self) -> list[tuple[int, int]]:
        return sorted(self._tables.shards.items())

    def last_positions(self) -> dict[int, int]:
        return {shard_of(event.position): event.position for event in self._events}

    def event_count(self, scope: Scope) -> int:
        return sum(
            max(0, head.sequence - scope.after.get(org, 0))
            for org, head in self._tables.heads.items()
            if scope.has(org)
        )

    def rows(self, scope: Scope) -> Iterator[list[bytes]]:
        shards: dict[int, list[RecordedEvent]] = {}
        for event in self._events:
            if scope.has_event(event):
                shards.setdefault(shard_of(event.position), []).append(event)
        return in_turn([_pages(events) for events in shards.values()], scope.before)

    def events_of(self, org: str, sequence: int) -> list[RecordedEvent]:
        return [e for e in self._events if e.sequence == sequence and e.org == org]

    def events_of_type(self, org: str, type_: str) -> list[RecordedEvent]:
        return [e for e in self._events if e.type == type_ and e.org == org]

    def is_archived(self, org: str, sequence: int) -> bool:
        return False

    def heads(self) -> Iterable[tuple[str, Head]]:
        return self._tables.heads.items()

    # -- what seals them ---------------------------------------------------------------------

    def trees(self) -> list[TreeState]:
        newest = {row.org: (row.size, row.sealed_us) for row in sorted(self._tables.checkpoints)}
        trees = self._tables.trees
        return [
            TreeState(org, *trees.get(org, StoredTree()), *newest.get(org, (0, 0)))
            for org in sorted({*trees, *newest})
        ]

    def checkpoints(self, spans: Sequence[Span]) -> list[SealRow]:
        asked = {span.org: span for span in spans}
        return sorted(
            row
            for row in self._tables.checkpoints
            if row.org in asked and asked[row.org].after < row.size <= asked[row.org].until
        )

    def newest_logs(self) -> list[SealRow]:
        rows = sorted(self._tables.checkpoints, key=lambda row: (row.org, row.access_sequence))
        return list({row.org: row for row in rows if row.access_sequence}.values())

    def tiles(self, wanted: Iterable[tuple[str, Tile]]) -> dict[tuple[str, Tile], bytes]:
        return {each: self._tables.tiles[each] for each in wanted if each in self._tables.tiles}

    def tile_hashes(self) -> list[tuple[str, int, int]]:
        held: Counter[tuple[str, int]] = Counter()
        for (org, tile), hashes in self._tables.tiles.items():
            held[org, tile.level] += len(hashes) // HASH_BYTES
        return [(org, level, count) for (org, level), count in sorted(held.items())]

    # -- what is kept beside them ------------------------------------------------------------

    def keys(self, keys: Sequence[Key]) -> list[KeyRow]:
        if self._keys is None:
            self._keys = {}
            for row in self._tables.keys:
                self._keys.setdefault(row.key, []).append(row)
        return [row for key in keys for row in self._keys.get(key, ())]

    def all_keys(self, scope: Scope) -> Iterable[KeyRow]:
        return [row for row in self._tables.keys if scope.has(row.key.org)]

    def balances(self) -> Iterable[BalanceRow]:
        return self._tables.balances

    def due(self) -> Iterable[DueRow]:
        return self._tables.due

    def snapshots(self) -> Iterable[SnapshotRow]:
        return self._tables.snapshots

    def counters(self) -> Iterable[CounterRow]:
        return self._tables.counters

    def meters(self) -> Iterable[MeterRow]:
        return self._tables.meters

    def declared(self, table: str) -> Iterable[Mapping[str, Any]]:
        return sorted(self._tables.declared.get(table, []), key=lambda row: str(row["org"]))

    def texts(self) -> Iterable[tuple[str, Text]]:
        return self._tables.texts

    def erased_texts(self) -> Iterable[tuple[str, str]]:
        return [(org, text.digest) for org, text in self._tables.erased]

    def text_owners(self, digests: Iterable[tuple[str, str]]) -> dict[tuple[str, str], TextOwner]:
        rows = (*self._tables.texts, *self._tables.erased)
        owners = {(org, text.digest): TextOwner(text.kind, text.person) for org, text in rows}
        return {place: owners[place] for place in digests if place in owners}

    # -- who follows the events --------------------------------------------------------------

    def followers(self) -> list[Followed]:
        rows = sorted(self._tables.projected.items())
        return [Followed(name, position, None) for (name, _), position in rows]

    def wrong_follower_heads(self, names: Sequence[str]) -> list[FollowerHead]:
        right = {
            (event.org, name): event.sequence
            for name in sorted({name for name, _ in self._tables.projected} & set(names))
            for event in sorted(self._events, key=lambda event: event.sequence)
            if event.position <= self.projected(name).get(shard_of(event.position), 0)
        }
        stored = self._tables.follower_heads
        return [
            FollowerHead(*place, stored.get(place), right.get(place))
            for place in sorted(right.keys() | stored.keys())
            if right.get(place) != stored.get(place)
        ]

    def deliveries(self) -> list[tuple[str, int]]:
        return sorted(self._tables.deliveries.items())

    def last_sealed_us(self) -> int:
        return max((row.sealed_us for row in self._tables.checkpoints), default=0)

    # -- the read models ---------------------------------------------------------------------

    def projected(self, name: str) -> dict[int, int]:
        rows = self._tables.projected.items()
        return {shard: position for (follower, shard), position in rows if follower == name}

    def parked(self, name: str) -> dict[str, int]:
        return {}

    def model_rows(self, model: Model[Any], spans: Sequence[Span]) -> list[Row]:
        by_org = self._by_org.get(model.name)
        if by_org is None:
            by_org = self._by_org[model.name] = {}
            for row in sorted(self._tables.read_models[model.name], key=lambda row: row[:3]):
                by_org.setdefault(row[0], []).append(row)
        return [
            row
            for span in spans
            for row in by_org.get(span.org, ())
            if span.after < row[1] <= span.until
        ]

    def summary_rows(self, model: Summary[Any], scope: Scope) -> list[Row]:
        return [row for row in self._tables.read_models[model.name] if scope.has(row[0])]

    def archived_lines(self) -> list[ArchivedLine]:
        return []

    def stray_row(self, model: Model[Any], scope: Scope) -> tuple[str, int, int, int] | None:
        known = {(event.org, event.sequence) for event in self._events}
        stray = sorted(
            row[:3]
            for row in self._tables.read_models[model.name]
            if scope.has(row[0]) and row[:2] not in known
        )
        return (*stray[0], len(stray)) if stray else None

    def wallet_snapshots(self, places: Sequence[WalletVersion]) -> list[WalletSnapshotRow]:
        wanted = set(places)
        return [row for row in self._tables.wallet_snapshots if row.wallet_version in wanted]

    def sums(self, spans: Sequence[WalletSpan]) -> list[Totals]:
        return [sums_of(self._tables.read_models["transactions"], span) for span in spans]

    def stray_wallet_snapshots(self, scope: Scope, every: int) -> tuple[WalletVersion, int] | None:
        come_to = {(row.org, row.owner, row.asset): row.version for row in self._tables.balances}
        stray = sorted(
            row.wallet_version
            for row in self._tables.wallet_snapshots
            if scope.has(row.org)
            and (row.version % every or not 0 < row.version <= come_to.get(row[:3], 0))
        )
        return (stray[0], len(stray)) if stray else None


class MemoryAnalystsRows:
    """A read model for analysts over tables."""

    def __init__(self, tables: Tables, model: Model[Any]) -> None:
        self._rows = sorted(tables.read_models[model.name], key=lambda row: (row[3], row[2]))

    def orgs(self) -> list[str]:
        return sorted({row[0] for row in self._rows})

    def span(self, after: int, until: int, orgs: Iterable[str] | None = None) -> list[Row]:
        wanted = None if orgs is None else set(orgs)
        return [
            row
            for row in self._rows
            if after < row[3] <= until and (wanted is None or row[0] in wanted)
        ]

    def beyond(self, position: int, limit: int) -> list[Row]:
        end = base_of(shard_of(position) + 1)
        return [row for row in self._rows if position < row[3] < end][:limit]

    def last_positions(self) -> dict[int, int]:
        return {shard_of(row[3]): row[3] for row in self._rows}

    def at(self, org: str, sequence: int, line: int) -> list[Row]:
        return [row for row in self._rows if row[:3] == (org, sequence, line)]

    def kept_since(self) -> int | None:
        return None

    def wrong_sums(self, applied: Mapping[int, int], orgs: Iterable[str] | None) -> list[WrongSum]:
        """Return none: there are no sums in memory."""
        return []

    def close(self) -> None:
        """Close nothing."""


def sums_of(rows: Iterable[Row], span: WalletSpan) -> Totals:
    """Return what the transactions of a span add up to."""
    org, owner, asset, after, until = span
    transactions = (TransactionRow(*row) for row in rows)
    return sum_of(
        *(
            {Movement(row.category, row.amount >= 0): Sum(abs(row.amount), 1)}
            for row in transactions
            if (row.org, row.owner, row.asset) == (org, owner, asset)
            and after < row.sequence <= until
        )
    )


def _pages(events: Sequence[RecordedEvent]) -> Iterator[list[bytes]]:
    for first in range(0, len(events), PAGE_EVENTS):
        yield [encode_row(event) for event in events[first : first + PAGE_EVENTS]]


def _copied(rows: Any) -> Any:
    if isinstance(rows, list):
        return list(rows)
    return dict(rows) if isinstance(rows, dict) else rows
