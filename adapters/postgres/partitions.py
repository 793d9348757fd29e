"""The partitions of the events: what is in each, and taking the oldest out when it is archived.

The events are read as the writer, under row security; the table is changed as its owner.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Self

import psycopg
from psycopg import errors, sql

from adapters.postgres.archived import catalogue
from adapters.postgres.connection import OWNER, DatabaseUrls, as_role, connect, unavailable
from ledger.kernel.errors import LedgerError
from ledger.kernel.retries import Wait, retry
from ledger.kernel.shards import base_of, shard_of
from ledger.kernel.snapshot import SnapshotRow
from ledger.ports import RecordedEvent
from ledger.proof.archive import Manifest

_LOCK = 0x7A11_A4C1
_PAGE = 2_000
_PAUSE_S = 0.25
_LOCKED = (errors.LockNotAvailable, errors.DeadlockDetected)
ATTEMPTS = 20
"""How often a lock on the events is asked for, each time for a second."""

_EVENT = ", ".join(RecordedEvent._fields)
_TABLES = """
SELECT c.relname, pg_get_expr(c.relpartbound, c.oid), pg_total_relation_size(c.oid)
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = 'tally.events'::regclass
"""
_DETACHED = """
SELECT relname, pg_total_relation_size(oid)
  FROM pg_class WHERE relnamespace = 'tally'::regnamespace AND relname ~ '^archived_'
"""
_ENDS = """
SELECT position, recorded_us
  FROM tally.events
 WHERE position IN (
       (SELECT min(position) FROM tally.events WHERE position >= %(first)s AND position < %(past)s),
       (SELECT max(position) FROM tally.events WHERE position >= %(first)s AND position < %(past)s))
 ORDER BY position
"""
_BEGUN_IN = """
SELECT {event}
  FROM tally.events
 WHERE (org, stream) IN (
       SELECT b.org, b.stream
         FROM tally.events b
        WHERE b.position >= {first} AND b.position < {past} AND b.version = 1
          AND EXISTS (SELECT FROM unnest({kinds}::text[]) kind WHERE starts_with(b.stream, kind)))
 ORDER BY org, stream, version
"""
_FOLLOWED = """
SELECT coalesce(min(coalesce(p.position, %(base)s)), %(base)s)
  FROM (SELECT DISTINCT name FROM tally.projections WHERE name = ANY (%(names)s)) followers
  LEFT JOIN tally.projections p ON p.name = followers.name AND p.shard = %(shard)s
"""
_ADD_SNAPSHOT = (
    f"INSERT INTO tally.snapshots ({', '.join(SnapshotRow._fields)}) "
    f"VALUES ({', '.join(['%s'] * len(SnapshotRow._fields))})"
)
_BOUNDS = re.compile(r"FROM \('(\d+)'\) TO \('(\d+)'\)")


class PartitionBusy(LedgerError):
    """A partition cannot be taken out now."""

    code = "partition_busy"


@dataclass(frozen=True)
class Partition:
    """A partition of the events, for positions from `first` up to, not including, `past`.

    `archive` describes its archive, if it has one: then `rows` are the events that were kept, and
    `detached_bytes` the size of the whole table that still stands beside, or None.
    """

    name: str
    first: int
    past: int
    rows: int
    bytes: int
    first_us: int | None
    last_us: int | None
    archive: Manifest | None = None
    detached_bytes: int | None = None

    @property
    def shard(self) -> int:
        """The shard whose positions it holds."""
        return shard_of(self.first)

    @property
    def detached(self) -> str:
        """What the whole table is called once it is detached."""
        return self.name.replace("events_", "archived_", 1)


class Partitions:
    """The partitions of one store. Raises Unavailable when the database does not answer."""

    def __init__(
        self, database: DatabaseUrls, attempts: int = ATTEMPTS, wait: Wait = time.sleep
    ) -> None:
        self._database = database
        self._attempts = attempts
        self._wait = wait
        self._owner: psycopg.Connection[Any] | None = None
        self._writer: psycopg.Connection[Any] | None = None

    def __enter__(self) -> Self:
        with _answering():
            self._owner = connect(as_role(self._database.owner, OWNER), name="partitions")
            self._writer = connect(self._database.writer, name="partitions")
            self._writer.execute("SET statement_timeout = 0")
        return self

    def __exit__(self, *_: object) -> None:
        for connection in (self._owner, self._writer):
            if connection is not None:
                connection.close()

    # -- reading -----------------------------------------------------------------------------

    def every(self) -> list[Partition]:
        """Return every partition, by position."""
        archives = {manifest.name: manifest for manifest in self.archives()}
        with _answering():
            detached = dict(self._as_owner.execute(_DETACHED).fetchall())
            tables = self._as_owner.execute(_TABLES).fetchall()
            found = [self._partition(table, archives, detached) for table in tables]
        return sorted(found, key=lambda each: each.first)

    def archives(self) -> list[Manifest]:
        """Return the catalogue, the oldest first."""
        with _answering():
            return catalogue(lambda query: self._as_writer.execute(query).fetchall())

    def last_positions(self) -> dict[int, int]:
        """Return the last position that was given out in each shard."""
        with _answering():
            rows = self._as_writer.execute("SELECT id, position FROM tally.shard").fetchall()
            return dict(rows)

    def followed(self, names: Collection[str], shard: int) -> int:
        """Return the position of a shard that all of those who follow the events have reached."""
        parameters = {"names": list(names), "shard": shard, "base": base_of(shard)}
        with _answering():
            ((position,),) = self._as_writer.execute(_FOLLOWED, parameters).fetchall()
            return int(position)

    def events(self, partition: Partition) -> Iterator[RecordedEvent]:
        """Return the events of a partition in the order of positions."""
        query = (
            f"SELECT {_EVENT} FROM tally.events WHERE position >= {partition.first} "
            f"AND position < {partition.past} ORDER BY position"
        )
        return self._stream(self._as_writer, query)

    def begun_in(self, partition: Partition, kinds: Sequence[str]) -> Iterator[RecordedEvent]:
        """Return all events, stream by stream, of the streams that begin in a partition with a name
        that begins as one of some kinds."""
        query = sql.SQL(_BEGUN_IN).format(
            event=sql.SQL(_EVENT),
            first=sql.Literal(partition.first),
            past=sql.Literal(partition.past),
            kinds=sql.Literal(list(kinds)),
        )
        return self._stream(self._as_writer, query.as_string(self._as_writer))

    def ended(self) -> dict[tuple[str, str], int]:
        """Org and stream of what has ended and left → the version of its snapshot."""
        with _answering():
            rows = self._as_writer.execute("SELECT org, stream, version FROM tally.snapshots")
            return {(org, stream): version for org, stream, version in rows.fetchall()}

    def detached_events(self, partition: Partition) -> Iterator[RecordedEvent]:
        """Return the events of a partition that was detached, read by the owner."""
        query = sql.SQL("SELECT {} FROM {} ORDER BY position").format(
            sql.SQL(_EVENT), sql.Identifier("tally", partition.detached)
        )
        return self._stream(self._as_owner, query.as_string(self._as_owner))

    # -- changing ----------------------------------------------------------------------------

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Be the only one that archives."""
        with _answering():
            ((claimed,),) = self._as_owner.execute(
                "SELECT pg_try_advisory_lock(%s)", [_LOCK]
            ).fetchall()
        if not claimed:
            raise PartitionBusy("another process is archiving: wait until it has ended.")
        yield  # the lock ends with the connection

    def take_out(
        self,
        partition: Partition,
        manifest: Manifest,
        kept: Sequence[RecordedEvent],
        snapshots: Sequence[SnapshotRow],
        now_us: int,
    ) -> None:
        """Put the kept events in the place of a partition, the snapshots beside them, and enter
        its archive in the catalogue: one transaction. The whole table stands alone after it."""

        def work() -> None:
            self._take_out(partition, manifest, kept, snapshots, now_us)

        with _answering():
            try:
                retry(work, _LOCKED, repeat(_PAUSE_S, self._attempts - 1), self._wait)
            except _LOCKED as error:
                raise PartitionBusy(
                    "something has been reading or writing the events all the time (a "
                    "verification?): nothing was taken out; do it again when that has ended."
                ) from error

    def drop(self, partition: Partition) -> None:
        """Drop the whole table of a partition that was taken out."""
        with _answering():
            name = sql.Identifier("tally", partition.detached)
            self._as_owner.execute(sql.SQL("DROP TABLE {}").format(name))

    def _take_out(
        self,
        partition: Partition,
        manifest: Manifest,
        kept: Sequence[RecordedEvent],
        snapshots: Sequence[SnapshotRow],
        now_us: int,
    ) -> None:
        name, bounds = partition.name, [partition.first, partition.past]
        owner = self._as_owner
        with owner.transaction():
            # Whoever comes after us waits behind our lock: it must not wait long.
            owner.execute("SET LOCAL lock_timeout = '1s'")
            owner.execute("SELECT tally.prepare_kept(%s, %s, %s)", [name, *bounds])
            copy = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier("tally", f"{name}_kept"), sql.SQL(_EVENT)
            )
            with owner.cursor().copy(copy) as rows:
                for event in kept:
                    rows.write_row(event)
            owner.cursor().executemany(_ADD_SNAPSHOT, snapshots)
            owner.execute(
                "SELECT tally.put_kept(%s, %s, %s, %s)", [name, partition.detached, *bounds]
            )
            owner.execute(
                "INSERT INTO tally.archives (name, first_position, last_position, events, kept, "
                "first_us, last_us, file, sha256, archived_us) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    name,
                    manifest.first_position,
                    manifest.last_position,
                    manifest.events,
                    manifest.kept,
                    manifest.first_us,
                    manifest.last_us,
                    manifest.file,
                    bytes.fromhex(manifest.sha256),
                    now_us,
                ],
            )
            for chain in manifest.chains:
                owner.execute(
                    "INSERT INTO tally.archive_chains (org, archive, first_sequence, "
                    "previous_hash, last_sequence, last_hash, last_us) "
                    "VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    [
                        chain.org,
                        name,
                        chain.first_sequence,
                        bytes.fromhex(chain.previous_hash),
                        chain.last_sequence,
                        bytes.fromhex(chain.last_hash),
                        chain.last_us,
                    ],
                )

    # -- inside ------------------------------------------------------------------------------

    def _partition(
        self, table: tuple[str, str, int], archives: dict[str, Manifest], detached: dict[str, int]
    ) -> Partition:
        name, bounds, size = table
        found = _BOUNDS.search(bounds)
        assert found is not None, bounds
        first, past = int(found[1]), int(found[2])
        archive = archives.get(name)
        if archive is not None:
            times: tuple[int | None, int | None] = archive.first_us, archive.last_us
            rows, beside = archive.kept, detached.get(name.replace("events_", "archived_", 1))
            return Partition(name, first, past, rows, size, *times, archive, beside)
        ends = self._as_writer.execute(_ENDS, {"first": first, "past": past}).fetchall()
        if not ends:
            return Partition(name, first, past, 0, size, None, None)
        rows = ends[-1][0] - ends[0][0] + 1  # positions have no gaps
        return Partition(name, first, past, rows, size, ends[0][1], ends[-1][1])

    def _stream(self, connection: psycopg.Connection[Any], query: str) -> Iterator[RecordedEvent]:
        with _answering(), connection.transaction(), connection.cursor("events") as cursor:
            cursor.execute(query, binary=True)
            while rows := cursor.fetchmany(_PAGE):
                for row in rows:
                    yield RecordedEvent(*row)

    @property
    def _as_owner(self) -> psycopg.Connection[Any]:
        assert self._owner is not None
        return self._owner

    @property
    def _as_writer(self) -> psycopg.Connection[Any]:
        assert self._writer is not None
        return self._writer


@contextmanager
def _answering() -> Iterator[None]:
    with unavailable("do it"):
        try:
            yield
        except errors.InsufficientPrivilege as error:
            raise PartitionBusy(f"the database refuses it: {error}") from error
