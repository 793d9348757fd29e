"""One consistent view of the whole store, read in pages: what verification looks at.

Memory stays constant: events and rows come through cursors of one REPEATABLE READ transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any, Self

import psycopg
from psycopg.rows import dict_row

from adapters.archive import Archives
from adapters.postgres.archived import ArchivedEvents, catalogue
from adapters.postgres.connection import connect
from ledger.audit.chain import Head
from ledger.audit.texts import Text
from ledger.kernel.errors import Unavailable
from ledger.ports import BalanceRow, CounterRow, Key, KeyRow, RecordedEvent, TransactionRow

PAGE_EVENTS = 2_000
PAGE_BYTES = 8_000_000
_FETCHED = 200

_EVENT = (
    "position, org, sequence, stream, version, type, recorded_us, actor, idempotency_key, body, "
    "hash"
)
_STRAY = """
SELECT t.org, t.sequence, t.line, count(*) OVER ()
  FROM tally.transactions t
 WHERE NOT EXISTS (SELECT FROM tally.events e WHERE e.org = t.org AND e.sequence = t.sequence)
   AND NOT EXISTS (SELECT FROM tally.archive_chains a  -- these were compared one by one
                    WHERE a.org = t.org
                      AND t.sequence BETWEEN a.first_sequence AND a.last_sequence)
 ORDER BY t.org, t.sequence, t.line
 LIMIT 1
"""


class PostgresSnapshot:
    """The store at one moment, as the writer sees it; `archives` hold what was taken out of it."""

    def __init__(self, url: str, archives: Archives | None = None) -> None:
        self._url = url
        self._archives = archives
        self.archived = ArchivedEvents([], None)
        self._names = count(1)
        self._connection: psycopg.Connection[Any] | None = None

    def __enter__(self) -> Self:
        with _reading():
            self._connection = connect(self._url, name="verify")
            self._connection.execute("SET statement_timeout = 0")
            self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # Before the snapshot is taken: nobody then takes out a partition that it still sees.
            self._connection.execute("LOCK TABLE tally.events IN ACCESS SHARE MODE")
            self._one("SELECT txid_current_if_assigned()")  # the snapshot is taken now
        manifests = catalogue(lambda query: self._all(query, []))
        self.archived = ArchivedEvents(manifests, self._archives)
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # -- the events --------------------------------------------------------------------------

    def shard_position(self) -> int:
        """The last position that was given out."""
        return int(self._one("SELECT coalesce(max(position), 0) FROM tally.shard"))

    def last_position(self) -> int:
        """The position of the last event."""
        return int(self._one("SELECT coalesce(max(position), 0) FROM tally.events"))

    def events(self) -> Iterator[list[RecordedEvent]]:
        """Every event, also what stands twice, in the order of positions, in bounded pages: those
        of archives, and those of the table; without archives, the events after `archived.gap`."""
        page: list[RecordedEvent] = []
        size = 0
        query = (
            f"SELECT {_EVENT} FROM tally.events WHERE position > {self.archived.gap} "
            "ORDER BY position, org, sequence"
        )
        stored = (RecordedEvent(*row) for row in self._stream(query))
        for event in self.archived.joined(stored):
            page.append(event)
            size += len(page[-1].body)
            if len(page) == PAGE_EVENTS or size > PAGE_BYTES:
                yield page
                page, size = [], 0
        if page:
            yield page

    def event_at(self, org: str, sequence: int) -> RecordedEvent | None:
        """One event."""
        rows = self._all(
            f"SELECT {_EVENT} FROM tally.events WHERE org = %b AND sequence = %b LIMIT 1",
            [org, sequence],
        )
        return RecordedEvent(*rows[0]) if rows else None

    def heads(self) -> Iterator[tuple[str, Head]]:
        """The heads of all orgs."""
        for org, *head in self._stream("SELECT org, sequence, hash, recorded_us FROM tally.heads"):
            yield org, Head(*head)

    # -- what is kept beside them ------------------------------------------------------------

    def keys(self, keys: Sequence[Key]) -> list[KeyRow]:
        """The rows of keys."""
        columns = [list(each) for each in zip(*keys, strict=True)] or [[], [], []]
        rows = self._all(
            "SELECT k.org, k.space, k.key, k.sequence, k.line, k.fingerprint "
            "FROM unnest(%b::text[], %b::text[], %b::text[]) AS n (org, space, key) "
            "JOIN tally.keys k USING (org, space, key)",
            columns,
        )
        return [_key_row(row) for row in rows]

    def key_count(self) -> int:
        """How many keys there are."""
        return int(self._one("SELECT count(*) FROM tally.keys"))

    def all_keys(self) -> Iterator[KeyRow]:
        """Every key."""
        query = "SELECT org, space, key, sequence, line, fingerprint FROM tally.keys"
        return (_key_row(row) for row in self._stream(query))

    def balances(self) -> Iterator[BalanceRow]:
        """Every balances row."""
        query = f"SELECT {', '.join(BalanceRow._fields)} FROM tally.balances"
        return (BalanceRow(*row) for row in self._stream(query))

    def counters(self) -> Iterator[CounterRow]:
        """What spend caps have counted."""
        query = "SELECT org, cap, subject, bucket_us, spent, alerted FROM tally.cap_counters"
        return (CounterRow(*row) for row in self._stream(query))

    def directory(self, table: str) -> list[dict[str, Any]]:
        """The rows of `orgs`, `api_keys` or `allowances`."""
        assert table in ("orgs", "api_keys", "allowances")
        with _reading(), self._open().cursor(row_factory=dict_row) as cursor:
            return cursor.execute(f"SELECT * FROM tally.{table} ORDER BY org").fetchall()

    def texts(self) -> Iterator[tuple[str, Text]]:
        """Every text that was not erased."""
        query = (
            "SELECT org, digest, kind, person, salt, content FROM tally.texts "
            "WHERE salt IS NOT NULL OR content IS NOT NULL"
        )
        for org, digest, kind, person, salt, content in self._stream(query):
            yield org, Text(digest, kind, person, salt or b"", content or "")

    def erased_texts(self) -> Iterator[tuple[str, str]]:
        """Org and digest of every text that was erased."""
        query = "SELECT org, digest FROM tally.texts WHERE salt IS NULL AND content IS NULL"
        return ((org, digest) for org, digest in self._stream(query))

    def known_digests(self, digests: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those digests that have a row, erased or not."""
        columns = [list(each) for each in zip(*digests, strict=True)] or [[], []]
        rows = self._all(
            "SELECT org, digest FROM unnest(%b::text[], %b::text[]) AS n (org, digest) "
            "JOIN tally.texts USING (org, digest)",
            columns,
        )
        return {(org, digest) for org, digest in rows}

    # -- the read model ----------------------------------------------------------------------

    def projected(self, name: str) -> int:
        """The position of a projection."""
        rows = self._all("SELECT position FROM tally.projections WHERE name = %b", [name])
        return rows[0][0] if rows else 0

    def transactions(self, places: Sequence[tuple[str, int]]) -> list[TransactionRow]:
        """The rows of events."""
        columns = [list(each) for each in zip(*places, strict=True)] or [[], []]
        names = ", ".join(f"t.{field}" for field in TransactionRow._fields)
        rows = self._all(
            f"SELECT {names} FROM unnest(%b::text[], %b::bigint[]) AS n (org, sequence) "
            "JOIN tally.transactions t USING (org, sequence)",
            columns,
        )
        return [TransactionRow(*row) for row in rows]

    def stray_transactions(self) -> tuple[str, int, int, int] | None:
        """The first row without an event (org, sequence, line), and how many there are."""
        rows = self._all(_STRAY, [])
        return rows[0] if rows else None

    # -- reading -----------------------------------------------------------------------------

    def _open(self) -> psycopg.Connection[Any]:
        assert self._connection is not None
        return self._connection

    def _all(self, query: str, parameters: Sequence[object]) -> list[Any]:
        with _reading():
            return self._open().execute(query, parameters, binary=True).fetchall()

    def _one(self, query: str) -> Any:
        return self._all(query, [])[0][0]

    def _stream(self, query: str) -> Iterator[tuple[Any, ...]]:
        with _reading(), self._open().cursor(f"c{next(self._names)}") as cursor:
            cursor.execute(query, binary=True)
            while rows := cursor.fetchmany(_FETCHED):
                yield from rows


def _key_row(row: Sequence[Any]) -> KeyRow:
    return KeyRow(Key(*row[:3]), *row[3:])


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise Unavailable(f"PostgreSQL does not answer: {error}") from error
