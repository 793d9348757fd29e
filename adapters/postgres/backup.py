"""The backup of a database: every row at one moment, while others write.

It is read as the login that migrates, who has the owner's rights: nothing is hidden from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import psycopg
from psycopg import sql

from adapters.backup_manifest import Saved, SavedArchive, SavedPartition
from adapters.postgres.connection import connect, unavailable
from adapters.postgres.copying import copied
from adapters.postgres.jobs import SCHEMA as JOBS

SCHEMAS = ["tally", JOBS]

_TABLES = f"""
SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attnum), pg_table_size(c.oid)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                     AND a.attgenerated = ''
 WHERE n.nspname = ANY (%s) AND c.relkind = 'r' AND c.relpersistence = 'p'
   AND c.relname !~ '^archived_' AND (n.nspname, c.relname) <> ('{JOBS}', 'applied')
 GROUP BY n.nspname, c.relname, c.oid
 ORDER BY n.nspname, c.relname
"""
"""Those that hold rows which a crash of the server leaves. What was taken out of the events is in
its archive; `applied` is a list of migrations, which stands in the manifest."""

_STATE = f"""
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       current_setting('server_version'),
       (SELECT jsonb_object_agg(name, sha256) FROM public.tally_migrations),
       (SELECT coalesce(jsonb_agg(name ORDER BY name), '[]') FROM {JOBS}.applied),
       (SELECT jsonb_object_agg(id, position) FROM tally.shard),
       (SELECT count(*) FROM tally.heads),
       (SELECT coalesce(sum(sequence), 0)::bigint FROM tally.heads)
"""
_PARTITIONS = r"""
SELECT c.relname, bounds[1]::bigint, bounds[2]::bigint
  FROM pg_inherits i
  JOIN pg_class c ON c.oid = i.inhrelid,
       regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''(\d+)''\) TO \(''(\d+)''\)')
           AS bounds
 WHERE i.inhparent = 'tally.events'::regclass
 ORDER BY 2
"""
_ARCHIVES = "SELECT file, encode(sha256, 'hex') FROM tally.archives ORDER BY first_position"
_SEQUENCES = """
SELECT format('%%s.%%s', schemaname, sequencename), last_value
  FROM pg_sequences WHERE schemaname = ANY (%s) AND last_value IS NOT NULL
"""


@dataclass(frozen=True)
class StoredTable:
    """A table with rows of its own; `bytes`: about how large they are."""

    schema: str
    name: str
    columns: tuple[str, ...]
    bytes: int

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


class PostgresBackup:
    """The database at one moment, as a context. Raises Unavailable."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._connection: psycopg.Connection[Any] | None = None
        self.tables: list[StoredTable] = []

    def __enter__(self) -> Self:
        with unavailable():
            self._connection = connect(self._owner, name="backup")
            self._connection.execute(
                "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0",
                prepare=False,
            )
            while not self._begin():
                pass
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def saved(self) -> Saved:
        """Return the state of the database at this moment."""
        with unavailable():
            ((made_us, server, migrations, jobs, positions, orgs, events),) = self._all(_STATE)
            return Saved(
                made_us,
                server,
                migrations,
                jobs,
                positions,
                orgs,
                events,
                [SavedPartition(*row) for row in self._all(_PARTITIONS)],
                [SavedArchive(*row) for row in self._all(_ARCHIVES)],
            )

    def rows(self, table: StoredTable) -> Iterator[memoryview]:
        """Yield the rows of a table as a binary COPY, piece by piece; each is good until the
        next."""
        columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
        name = sql.Identifier(table.schema, table.name)
        with unavailable():
            yield from copied(
                self._open,
                sql.SQL("COPY (SELECT {} FROM ONLY {}) TO STDOUT (FORMAT BINARY)").format(
                    columns, name
                ),
            )

    def sequences(self) -> dict[str, int]:
        """Return how far the sequences are: asked for after the rows, so never behind them."""
        with unavailable():
            return dict(self._all(_SEQUENCES, [SCHEMAS]))

    def _begin(self) -> bool:
        """Take the moment. A table that came or went before it was locked: once more."""
        self.tables = self._tables()
        self._open.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        names = sql.SQL(", ").join(sql.Identifier(each.schema, each.name) for each in self.tables)
        self._open.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(names))
        if [str(each) for each in self._tables()] == [str(each) for each in self.tables]:
            return True
        self._open.execute("ROLLBACK")
        return False

    def _tables(self) -> list[StoredTable]:
        return [
            StoredTable(schema, name, tuple(columns), size)
            for schema, name, columns, size in self._all(_TABLES, [SCHEMAS])
        ]

    def _all(self, query: str, parameters: list[object] | None = None) -> list[tuple[Any, ...]]:
        return self._open.execute(query, parameters).fetchall()

    @property
    def _open(self) -> psycopg.Connection[Any]:
        assert self._connection is not None
        return self._connection
