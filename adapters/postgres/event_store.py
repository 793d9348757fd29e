"""The recorder: the eventsourcing library's store of events, with chains, keys and balances.

One commit is one call of `tally.append` (`schemas/postgres/0042_kernel_leases.sql`), so it is whole
or not at all and costs one round trip. There is no retry in here: after a lost connection the
outcome is unknown, and `is_committed` says exactly what it was.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any, NoReturn
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from psycopg import sql

from adapters.mapper import dated
from adapters.postgres import arrays
from adapters.postgres.append import APPEND, parameters
from adapters.postgres.connection import connect, first_line
from adapters.postgres.counters import counter_row
from adapters.postgres.reservations import OPEN_RESERVATIONS, RESERVATION
from adapters.recorder import BatchRecorder
from ledger.credits.caps import CounterKey
from ledger.credits.ports import BalanceRow, CounterRow, LotLossRow, LotName, ReversedRow
from ledger.inventory.ports import ReservationRow
from ledger.kernel.chain import GENESIS, Head
from ledger.kernel.errors import ClockSkewed, Unavailable
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.retries import retry
from ledger.kernel.shards import base_of, shard_of
from ledger.kernel.snapshot import SnapshotRow
from ledger.kernel.texts import Text
from ledger.ports import (
    Batch,
    KeyUsed,
    LeaseLost,
    NotStorable,
    OutcomeUnknown,
    RaceLost,
    RecordedEvent,
    StoreFailed,
    StoreFull,
    WrongShard,
)
from ledger.rating.months import MeterKey
from ledger.tables import TABLES

_LOOK_UP = "SELECT * FROM tally.look_up(%b::text[], %b::int[], %b::text[], %b::text[])"
_EVENT = ", ".join(RecordedEvent._fields)
_RACE_LOST, _CLOCK_SKEWED, _WRONG_SHARD, _LEASE_LOST = "TS001", "TS002", "TS004", "TS005"
_UNIQUE_VIOLATION = "23505"
_TAKES_NOTHING = ("53", "58030", "25006")
"""Insufficient resources (a full disk), an error of the disk, a server that only reads."""

_OURS = (psycopg.DataError, psycopg.ProgrammingError)
"""What the same question would meet again: a value out of range, or what is not there or not ours
to do. The fault is in what was asked."""

IDLE_S = 5
"""How long a transaction may stand still between two statements."""

PARTITION_SPAN = 10_000_000
"""Positions in one partition of the events, as in `schemas/postgres/0033_kernel_shards.sql`."""


class PostgresEventStore(BatchRecorder):
    """Events in PostgreSQL as `tally_writer`. One connection, used by one thread at a time."""

    def __init__(self, url: str, *, name: str = "event_store", reconnect_s: float = 10.0) -> None:
        self._url = url
        self._name = name
        self._reconnect_s = reconnect_s
        self._connection: psycopg.Connection[Any] | None = None
        self._positions: dict[int, int] = {}
        self._partitioned_to: dict[int, int] = {}

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # -- EventStore -----------------------------------------------------------------------------

    def look_up(
        self, orgs: Iterable[str], keys: Iterable[Key]
    ) -> tuple[dict[str, Head], dict[Key, KeyRow]]:
        orgs, keys = list(orgs), list(keys)
        known: dict[Key, KeyRow] = {}
        heads: dict[str, Head] = {}
        for place, org, sequence, digest, recorded_us, line, found in self._read(
            _LOOK_UP, _question(orgs, keys)
        ):
            if place:
                key = keys[place - 1]
                known[key] = KeyRow(key, sequence, line, found)
            else:
                heads[org] = Head(sequence, digest, recorded_us)
        return heads, known

    @contextmanager
    def exclusively(self, orgs: Iterable[str]) -> Iterator[None]:
        try:
            with self._connected().transaction() as transaction:
                transaction.connection.execute(
                    "SELECT FROM tally.heads WHERE org = ANY(%b::text[]) ORDER BY org FOR UPDATE",
                    [sorted(set(orgs))],
                )
                yield
        except psycopg.Error as error:
            raise self._failure(error) from error

    def append(self, batch: Batch) -> int:
        self._keep_partitions_ahead(batch.shard)
        try:
            row = self._connected().execute(APPEND, parameters(batch), binary=True).fetchone()
        except psycopg.Error as error:
            raise self._failure(error) from error
        assert row is not None
        position = self._positions[batch.shard] = int(row[0])
        return position

    def shards_of(self, orgs: Iterable[str]) -> dict[str, int]:
        shards = dict.fromkeys(orgs, 1)
        rows = self._read(
            "SELECT org, shard FROM tally.heads WHERE org = ANY(%b::text[])", [list(shards)]
        )
        return shards | dict(rows)

    def is_committed(self, batch: Batch) -> bool:
        link = batch.links[-1]
        try:
            with self._connected().transaction(force_rollback=True) as transaction:
                # The dead connection's transaction may still run: its lock on the head ends it.
                # An org without a head yet has none to lock, so we wait to insert the same row.
                transaction.connection.execute(
                    "INSERT INTO tally.heads (org, sequence, hash, recorded_us) "
                    "VALUES (%s, 0, %s, 0) ON CONFLICT DO NOTHING",
                    [link.entry.org, GENESIS],
                )
                transaction.connection.execute(
                    "SELECT FROM tally.heads WHERE org = %s FOR UPDATE", [link.entry.org]
                )
                row = transaction.connection.execute(
                    "SELECT hash FROM tally.events WHERE org = %s AND sequence = %s",
                    [link.entry.org, link.sequence],
                ).fetchone()
            return row is not None and bytes(row[0]) == link.hash
        except psycopg.Error as error:
            self._fail_read(error)

    def balance_rows(self, wallet_ids: Iterable[str]) -> dict[str, BalanceRow]:
        names = [
            (org, *stream.split("/", 2)[1:]) for org, stream in map(split_stream_id, wallet_ids)
        ]
        rows = self._read(
            "SELECT b.org, b.owner, b.asset, b.version, b.sequence, b.credits, b.held, b.debt, "
            "b.state "
            "FROM unnest(%b::text[], %b::text[], %b::text[]) AS n (org, asset, owner) "
            "JOIN tally.balances b USING (org, owner, asset)",
            arrays.columns(names, 3),
        )
        found = (BalanceRow(*row) for row in rows)
        return {stream_id(row.org, "wallet", row.asset, row.owner): row for row in found}

    def kept_rows(self, table: str, places: Sequence[tuple[str, ...]]) -> list[Mapping[str, Any]]:
        columns = TABLES[table].key
        key = sql.SQL(", ").join(map(sql.Identifier, columns))
        texts = sql.SQL(", ").join([sql.SQL("%b::text[]")] * len(columns))
        query = sql.SQL(
            "SELECT to_jsonb(t) FROM unnest({texts}) AS n ({key}) JOIN {table} t USING ({key})"
        ).format(texts=texts, key=key, table=sql.Identifier("tally", table))
        return [row for (row,) in self._read(query, arrays.columns(list(places), len(columns)))]

    def counter_rows(self, keys: Iterable[CounterKey]) -> list[CounterRow]:
        rows = self._read(
            "SELECT c.org, c.cap, c.subject, c.bucket_us, c.spent, c.held, c.alerted "
            "FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[]) "
            "AS n (org, cap, subject, bucket_us) "
            "JOIN tally.cap_counters c USING (org, cap, subject, bucket_us)",
            arrays.columns(list(keys), 4),
        )
        return list(map(counter_row, rows))

    def meters_used(self, keys: Iterable[MeterKey]) -> dict[MeterKey, int]:
        rows = self._read(
            "SELECT c.org, c.payer, c.provider, c.model, c.meter, c.month, c.used "
            "FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[]) "
            "AS n (org, payer, provider, model, meter, month) "
            "JOIN tally.meter_counters c USING (org, payer, provider, model, meter, month)",
            arrays.columns(list(keys), 6),
        )
        return {MeterKey(*row[:6]): int(row[6]) for row in rows}

    def reversed_rows(self, org: str, originals: Iterable[str]) -> list[ReversedRow]:
        rows = self._read(
            "SELECT org, original, amount, sequence FROM tally.reversals "
            "WHERE org = %b AND original = ANY(%b::text[])",
            [org, list(originals)],
        )
        return [ReversedRow(*row) for row in rows]

    def loss_rows(self, lots: Iterable[LotName]) -> list[LotLossRow]:
        rows = self._read(
            f"SELECT {', '.join(f'l.{name}' for name in LotLossRow._fields)} "
            "FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[]) "
            "AS n (org, owner, asset, lot) "
            "JOIN tally.lot_losses l USING (org, owner, asset, lot)",
            arrays.columns(list(lots), 4),
        )
        return [LotLossRow(*row) for row in rows]

    def open_reservations(self, stocks: Iterable[tuple[str, str, str]]) -> list[ReservationRow]:
        rows = self._read(OPEN_RESERVATIONS, arrays.columns(list(stocks), 3))
        return [ReservationRow(*row) for row in rows]

    def reservation_rows(self, org: str, reservation: str) -> list[ReservationRow]:
        return [ReservationRow(*row) for row in self._read(RESERVATION, [org, reservation])]

    def snapshot_of(self, aggregate_id: str) -> SnapshotRow | None:
        rows = self._read(
            f"SELECT {', '.join(SnapshotRow._fields)} FROM tally.snapshots "
            "WHERE org = %b AND stream = %b",
            split_stream_id(aggregate_id),
        )
        return SnapshotRow(*rows[0]) if rows else None

    def events_after(self, org: str, sequence: int) -> list[RecordedEvent]:
        rows = self._read(
            f"SELECT {_EVENT} FROM tally.events WHERE org = %b AND sequence > %b ORDER BY sequence",
            [org, sequence],
        )
        return [RecordedEvent(*row) for row in rows]

    def events_at(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], RecordedEvent]:
        rows = self._read(
            f"SELECT {_EVENT} FROM unnest(%b::text[], %b::bigint[]) AS n (org, sequence) "
            "JOIN tally.events e USING (org, sequence)",
            arrays.columns(list(places), 2),
        )
        return {(event.org, event.sequence): event for event in (RecordedEvent(*r) for r in rows)}

    def texts(self, org: str, digests: Iterable[str]) -> dict[str, Text]:
        rows = self._read(
            "SELECT digest, kind, person, salt, content FROM tally.texts "
            "WHERE org = %b AND digest = ANY(%b::text[]) AND salt IS NOT NULL",
            [org, list(digests)],
        )
        return {row[0]: Text(*row) for row in rows}

    def texts_of(self, org: str, person: str, limit: int) -> list[str]:
        rows = self._read(
            "SELECT digest FROM tally.texts WHERE org = %b AND person = %b "
            'AND content IS NOT NULL ORDER BY digest COLLATE "C" LIMIT %b',
            [org, person, limit],
        )
        return [digest for (digest,) in rows]

    # -- ApplicationRecorder -----------------------------------------------------------------

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        order = "DESC" if desc else "ASC"
        rows = self._read(
            f"SELECT {_EVENT} FROM tally.events WHERE org = %b AND stream = %b "
            f"AND version > %b AND version <= %b ORDER BY version {order} LIMIT %b",
            [*split_stream_id(str(originator_id)), gt or 0, _or_max(lte), limit],
        )
        return [dated(RecordedEvent(*row)) for row in rows]

    def select_positions(
        self, after: int, limit: int, stop: int | None = None, topics: Sequence[str] = ()
    ) -> list[RecordedEvent]:
        end = base_of(shard_of(max(after, 0)) + 1)
        rows = self._read(
            f"SELECT {_EVENT} FROM tally.events WHERE position > %b AND position <= %b "
            "AND (%b::text[] = '{}' OR type = ANY(%b::text[])) ORDER BY position LIMIT %b",
            [after, end if stop is None else min(stop, end), list(topics), list(topics), limit],
        )
        return [RecordedEvent(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        rows = self._read("SELECT max(position) FROM tally.events", [])
        return rows[0][0]  # type: ignore[no-any-return]

    # -- the connection ----------------------------------------------------------------------

    def _connected(self) -> psycopg.Connection[Any]:
        """Return the connection, or a new one; waits for a server that is starting."""
        if self._connection is not None and not self._connection.closed:
            return self._connection
        self.close()
        deadline = time.monotonic() + self._reconnect_s

        def gives_up(pause_s: float) -> bool:
            if time.monotonic() > deadline:
                return True
            time.sleep(pause_s)
            return False

        try:
            self._connection = retry(self._opened, psycopg.Error, repeat(0.05), gives_up)
        except psycopg.Error as error:
            raise Unavailable("the database does not answer: send the same again.") from error
        return self._connection

    def _opened(self) -> psycopg.Connection[Any]:
        """Return a new connection, which holds no lock for long that stands still with us."""
        connection = connect(self._url, name=self._name)
        connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_S}s'", prepare=False)
        return connection

    def _read(
        self, query: str | sql.Composed, parameters: Sequence[object]
    ) -> list[tuple[Any, ...]]:
        try:
            return self._connected().execute(query, parameters, binary=True).fetchall()
        except psycopg.Error as error:
            self._fail_read(error)

    def _fail_read(self, error: psycopg.Error) -> NoReturn:
        if self._connection is not None and self._connection.closed:
            raise Unavailable(
                "the connection to the database was lost: send the same again."
            ) from error
        raise (NotStorable if isinstance(error, _OURS) else StoreFailed)(
            first_line(error)
        ) from error

    def _failure(self, error: psycopg.Error) -> Exception:
        """Return what a failed commit means; only a lost connection leaves it open."""
        if self._connection is None or self._connection.closed:
            return OutcomeUnknown("the connection was lost while committing.")
        if error.sqlstate == _RACE_LOST:
            return RaceLost("another process moved the head of an org.")
        if error.sqlstate == _UNIQUE_VIOLATION:
            return KeyUsed("a key was used before.")
        if error.sqlstate == _LEASE_LOST:
            return LeaseLost("the lease of the shard is another's.")
        if error.sqlstate == _WRONG_SHARD:
            return WrongShard("an org of the batch lives in another shard.")
        if error.sqlstate == _CLOCK_SKEWED:
            return ClockSkewed(
                "the clocks of this service and of the database differ by more than 5 s: "
                "nothing is recorded until they agree; send the same again."
            )
        if isinstance(error, _OURS):
            return NotStorable(first_line(error))
        if (error.sqlstate or "").startswith(_TAKES_NOTHING):
            return StoreFull(
                "the database takes nothing at present, as when its disk is full: nothing was "
                "recorded; send the same again later."
            )
        return StoreFailed(first_line(error))

    def _keep_partitions_ahead(self, shard: int) -> None:
        """Have the next partition of a shard made long before it is needed, and a shard that is
        used for the first time."""
        ahead = PARTITION_SPAN // 2
        if self._positions.get(shard, 0) + ahead < self._partitioned_to.get(shard, 0):
            return
        ((last,),) = self._read("SELECT tally.ensure_shard(%b, %b)", [shard, ahead])
        self._partitioned_to[shard] = last + PARTITION_SPAN


def _question(orgs: list[str], keys: list[Key]) -> list[object]:
    places = {org: place for place, org in enumerate(orgs, 1)}
    for key in keys:
        if key.org not in places:
            orgs.append(key.org)
            places[key.org] = len(orgs)
    return [
        arrays.names(orgs),
        arrays.int4s([places[key.org] for key in keys]),
        arrays.names([key.space for key in keys]),
        arrays.texts([key.key for key in keys]),
    ]


def _or_max(bound: int | None) -> int:
    return 2**63 - 1 if bound is None else bound
