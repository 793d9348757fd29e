"""Snapshot: one consistent view of the whole store, read in pages: what verification looks at.

Memory stays constant: events come through COPY and rows through cursors, on two connections whose
REPEATABLE READ transactions see the same moment. Another process can join that moment by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Self

import psycopg
from psycopg import sql

from adapters.archive import Archives
from adapters.postgres import arrays, wallet_snapshots
from adapters.postgres import snapshot_queries as queries
from adapters.postgres.archived import (
    ArchivedEvents,
    archived_lines,
    catalogue,
    orphans,
    staying,
)
from adapters.postgres.connection import connect, unavailable
from adapters.postgres.copying import copied
from adapters.postgres.counters import counter_row, meter_row
from adapters.postgres.moves import decode_move, moves_query
from ledger.credits.ports import BalanceRow, CounterRow
from ledger.credits.wallet_snapshot import Totals, WalletSnapshotRow, WalletVersion
from ledger.kernel.chain import Head
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.shards import shard_of
from ledger.kernel.snapshot import SnapshotRow
from ledger.kernel.texts import Text, TextOwner
from ledger.ports import DueRow, RecordedEvent
from ledger.proof.checkpoint import SealRow
from ledger.proof.tiles import Tile
from ledger.rating.ports import MeterRow
from ledger.replay import Move
from ledger.tables import TABLES
from ledger.verification.evidence import WHOLE, Followed, FollowerHead, Scope, Span, TreeState
from ledger.verification.shard_order import in_turn
from ledger.verification.stored_rows import decode_row, encode_row
from projections.credits.wallet_snapshots import WalletSpan
from projections.ports import ArchivedLine
from projections.read_model import Model, Row
from projections.summary import Summary

PAGE_EVENTS = 500
PAGE_BYTES = 8_000_000
_FETCHED = 500
ARCHIVED = 1
"""The shard whose old events may be archived."""
_COPY_HEADER = 19
"""Bytes before the first row of a binary COPY; two bytes follow the last."""


class PostgresSnapshot:
    """The store at one moment, as the writer sees it; `archives` hold what was taken out of it.

    `moment` joins the moment of another snapshot. Without its archives, events begin after them.
    """

    def __init__(
        self, url: str, archives: Archives | None = None, *, moment: str | None = None
    ) -> None:
        self._url = url
        self._archives = archives
        self.archived = ArchivedEvents([], None)
        self._names = count(1)
        self._moment = moment
        self._connection: psycopg.Connection[Any] | None = None
        self._streaming: dict[int, psycopg.Connection[Any]] = {}
        """A connection a shard, as all are read at once."""

    def __enter__(self) -> Self:
        with unavailable():
            self._connection = self._begin(self._moment)
            if self._moment is None:
                self._moment = str(self._one("SELECT pg_export_snapshot()"))
        manifests = catalogue(self._all)
        self.archived = ArchivedEvents(
            manifests, self._archives, orphans(self._all), staying(self._all)
        )
        return self

    def __exit__(self, *_: object) -> None:
        for connection in (*self._streaming.values(), self._open()):
            connection.close()
        self._connection, self._streaming = None, {}

    @property
    def moment(self) -> str:
        """The name by which other snapshots join this moment, while this one is open."""
        assert self._moment is not None
        return self._moment

    # -- the events --------------------------------------------------------------------------

    def orgs(self) -> list[str]:
        return [org for (org,) in self._all(queries.ORGS)]

    def shards(self) -> list[tuple[int, int]]:
        return self._all("SELECT id, position FROM tally.shard ORDER BY id")

    def last_positions(self) -> dict[int, int]:
        return {shard_of(position): position for (position,) in self._all(queries.LAST_POSITIONS)}

    def event_count(self, scope: Scope) -> int:
        rows = self._all("SELECT org, sequence FROM tally.heads")
        return sum(
            max(0, sequence - scope.after.get(org, 0)) for org, sequence in rows if scope.has(org)
        )

    def rows(self, scope: Scope) -> Iterator[list[bytes]]:
        shards = sorted({1} | self.last_positions().keys())
        if len(shards) == 1:
            return self._pages(scope, 1)
        return in_turn([self._pages(scope, shard) for shard in shards], scope.before)

    def _pages(self, scope: Scope, shard: int) -> Iterator[list[bytes]]:
        page: list[bytes] = []
        size = 0
        for row in self._rows(scope, shard):
            page.append(row)
            size += len(row)
            if len(page) == PAGE_EVENTS or size > PAGE_BYTES:
                yield page
                page, size = [], 0
        if page:
            yield page

    def moves(
        self, org: str | None = None, until: int | None = None, kind: str = ""
    ) -> Iterator[Move]:
        """Return what moves aggregates, in order; see `moves_query`. Archived events are not
        there."""
        return map(decode_move, self._copied(moves_query(org, until, kind), 1))

    def events_of(self, org: str, sequence: int) -> list[RecordedEvent]:
        return [RecordedEvent(*row) for row in self._all(queries.EVENTS_OF, [org, sequence])]

    def events_of_type(self, org: str, type_: str) -> list[RecordedEvent]:
        return [RecordedEvent(*row) for row in self._all(queries.EVENTS_OF_TYPE, [org, type_])]

    def is_archived(self, org: str, sequence: int) -> bool:
        return self.archived.holds(org, sequence)

    def heads(self) -> Iterator[tuple[str, Head]]:
        for org, *head in self._stream("SELECT org, sequence, hash, recorded_us FROM tally.heads"):
            yield org, Head(*head)

    # -- what seals them ---------------------------------------------------------------------

    def trees(self) -> list[TreeState]:
        return [TreeState(*row) for row in self._all(queries.TREES)]

    def checkpoints(self, spans: Sequence[Span]) -> list[SealRow]:
        return [SealRow(*row) for row in self._all(queries.CHECKPOINTS, arrays.columns(spans, 3))]

    def newest_logs(self) -> list[SealRow]:
        return [SealRow(*row) for row in self._all(queries.NEWEST_LOGS)]

    def tiles(self, wanted: Iterable[tuple[str, Tile]]) -> dict[tuple[str, Tile], bytes]:
        rows = self._all(queries.TILES, arrays.columns([(org, *tile) for org, tile in wanted], 3))
        return {(org, Tile(level, number)): hashes for org, level, number, hashes in rows}

    def tile_hashes(self) -> list[tuple[str, int, int]]:
        return self._all(queries.TILE_HASHES)

    # -- what is kept beside them ------------------------------------------------------------

    def keys(self, keys: Sequence[Key]) -> list[KeyRow]:
        return [_key_row(row) for row in self._all(queries.KEYS, arrays.columns(keys, 3))]

    def all_keys(self, scope: Scope) -> Iterator[KeyRow]:
        query = "SELECT org, space, key, sequence, line, fingerprint FROM tally.keys"
        if scope.orgs is not None:
            query += " WHERE org = ANY (%b)"
        parameters = [] if scope.orgs is None else [sorted(scope.orgs)]
        return (_key_row(row) for row in self._stream(query, parameters))

    def balances(self) -> Iterator[BalanceRow]:
        query = f"SELECT {', '.join(BalanceRow._fields)} FROM tally.balances"
        return (BalanceRow(*row) for row in self._stream(query))

    def due(self) -> Iterator[DueRow]:
        return (DueRow(*row) for row in self._stream("SELECT org, stream, due_us FROM tally.due"))

    def snapshots(self) -> Iterator[SnapshotRow]:
        query = f"SELECT {', '.join(SnapshotRow._fields)} FROM tally.snapshots"
        return (SnapshotRow(*row) for row in self._stream(query))

    def counters(self) -> Iterator[CounterRow]:
        query = f"SELECT {', '.join(CounterRow._fields)} FROM tally.cap_counters"
        return map(counter_row, self._stream(query))

    def meters(self) -> Iterator[MeterRow]:
        query = f"SELECT {', '.join(MeterRow._fields)} FROM tally.meter_counters"
        return map(meter_row, self._stream(query))

    def declared(self, table: str) -> Iterator[Mapping[str, Any]]:
        assert table in TABLES
        query = f"SELECT to_jsonb(t) FROM tally.{table} t ORDER BY org"
        return (row for (row,) in self._stream(query))

    def texts(self) -> Iterator[tuple[str, Text]]:
        for org, digest, kind, person, salt, content in self._stream(queries.TEXTS):
            yield org, Text(digest, kind, person, salt or b"", content or "")

    def erased_texts(self) -> Iterator[tuple[str, str]]:
        return ((org, digest) for org, digest in self._stream(queries.ERASED_TEXTS))

    def text_owners(self, digests: Iterable[tuple[str, str]]) -> dict[tuple[str, str], TextOwner]:
        rows = self._all(queries.TEXT_OWNERS, arrays.columns(list(digests), 2))
        return {(org, digest): TextOwner(*owner) for org, digest, *owner in rows}

    # -- who follows the events --------------------------------------------------------------

    def followers(self) -> list[Followed]:
        query = "SELECT name, position, planned FROM tally.projections ORDER BY name"
        return [Followed(*row) for row in self._all(query)]

    def wrong_follower_heads(self, names: Sequence[str]) -> list[FollowerHead]:
        rows = self._all(queries.WRONG_FOLLOWER_HEADS, [list(names)])
        return [FollowerHead(*row) for row in rows]

    def deliveries(self) -> list[tuple[str, int]]:
        return self._all("SELECT name, delivered_us FROM tally.witnesses ORDER BY name")

    def last_sealed_us(self) -> int:
        return int(self._one("SELECT coalesce(max(sealed_us), 0) FROM tally.checkpoints"))

    # -- the read models ---------------------------------------------------------------------

    def projected(self, name: str) -> dict[int, int]:
        rows = self._all("SELECT position FROM tally.projections WHERE name = %b", [name])
        return {shard_of(position): position for (position,) in rows}

    def is_unfinished(self, name: str) -> bool:
        """Tell whether a follower has set an org aside, or has not finished a page."""
        ((is_so,),) = self._all(queries.UNFINISHED, [name, name])
        return bool(is_so)

    def parked(self, name: str) -> dict[str, int]:
        return dict(self._all(queries.PARKED, [name]))

    def model_rows(self, model: Model[Any], spans: Sequence[Span]) -> list[Row]:
        return self._all(queries.model_rows(model), arrays.columns(spans, 3))

    def summary_rows(self, model: Summary[Any], scope: Scope) -> Iterator[Row]:
        query = f"SELECT {', '.join(model.columns)} FROM tally.{model.name}"
        if scope.orgs is None:
            return self._stream(query)
        return self._stream(f"{query} WHERE org = ANY (%b)", [sorted(scope.orgs)])

    def archived_lines(self) -> Iterator[ArchivedLine]:
        with unavailable():
            yield from archived_lines(self._open())

    def stray_row(self, model: Model[Any], scope: Scope) -> tuple[str, int, int, int] | None:
        orgs = None if scope.orgs is None else sorted(scope.orgs)
        rows = self._all(queries.stray_row(model), [orgs])
        return rows[0] if rows else None

    def wallet_snapshots(self, places: Sequence[WalletVersion]) -> list[WalletSnapshotRow]:
        rows = self._all(wallet_snapshots.ROWS, arrays.columns(places, 4))
        return [WalletSnapshotRow(*row) for row in rows]

    def sums(self, spans: Sequence[WalletSpan]) -> list[Totals]:
        rows = self._all(wallet_snapshots.SUMS, arrays.columns(spans, 5))
        return wallet_snapshots.totals_by_span(rows, len(spans))

    def stray_wallet_snapshots(self, scope: Scope, every: int) -> tuple[WalletVersion, int] | None:
        orgs = None if scope.orgs is None else sorted(scope.orgs)
        rows = self._all(wallet_snapshots.STRAYS, [orgs, every])
        return (WalletVersion(*rows[0][:4]), rows[0][4]) if rows else None

    # -- reading -----------------------------------------------------------------------------

    def _begin(self, moment: str | None) -> psycopg.Connection[Any]:
        connection = connect(self._url, name="verify")
        connection.execute("SET statement_timeout = 0")
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if moment is not None:
            connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(moment)))
        # Before the snapshot is taken: nobody then takes out a partition that it still sees.
        connection.execute("LOCK TABLE tally.events IN ACCESS SHARE MODE")
        return connection

    def _open(self) -> psycopg.Connection[Any]:
        assert self._connection is not None
        return self._connection

    def _all(self, query: str, parameters: Sequence[object] = ()) -> list[Any]:
        with unavailable():
            return self._open().execute(query, parameters, binary=True).fetchall()

    def _one(self, query: str) -> Any:
        return self._all(query)[0][0]

    def _stream(self, query: str, parameters: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        with unavailable(), self._open().cursor(f"c{next(self._names)}") as cursor:
            cursor.execute(query, parameters, binary=True)
            while rows := cursor.fetchmany(_FETCHED):
                yield from rows

    def _rows(self, scope: Scope, shard: int) -> Iterator[bytes]:
        """Return rows of a shard, as they come; where archives hold some of them, each is read and
        written once more."""
        begins_after = scope.positions.get(shard, 0) >= self.archived.end
        if not self.archived.are_at_hand or shard != ARCHIVED or begins_after:
            return self._copied(queries.rows_of(scope, shard, self.archived.gap), shard)
        stored = map(decode_row, self._copied(queries.rows_of(WHOLE, shard), shard))
        events = self.archived.joined(stored)
        return (encode_row(event) for event in events if scope.has_event(event))

    def _copied(self, query: sql.Composed, shard: int) -> Iterator[bytes]:
        """Yield the rows of a binary COPY, without what stands around them."""
        start = _COPY_HEADER
        with unavailable():
            if shard not in self._streaming:
                self._streaming[shard] = self._begin(self._moment)
            for row in copied(self._streaming[shard], query):
                if len(row) > start + 2:
                    yield bytes(row[start:]) if start else bytes(row)
                start = 0


def _key_row(row: Sequence[Any]) -> KeyRow:
    return KeyRow(Key(*row[:3]), *row[3:])
