"""The restore of a database: all of it in one transaction, so that there is a whole ledger or none.

The tables are made by the migrations that the backup names, filled, and brought to this version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from graphlib import TopologicalSorter
from typing import Any

import psycopg
from psycopg import errors, sql

from adapters.backup_manifest import BackupUnreadable, Manifest, SavedTable
from adapters.postgres.backup import SCHEMAS
from adapters.postgres.connection import unavailable
from adapters.postgres.jobs import SCHEMA as JOBS
from adapters.postgres.jobs import migrations as job_migrations
from adapters.postgres.migrations import migrations, migrator
from ledger.kernel.errors import Conflict

Rows = Callable[[SavedTable], Iterable[bytes]]

_IS_THERE = """
SELECT to_regclass('public.tally_migrations') IS NOT NULL
    OR EXISTS (SELECT FROM pg_namespace WHERE nspname = ANY (%s))
"""
_FORCED = """
SELECT oid::regclass::text FROM pg_class
 WHERE relnamespace = 'tally'::regnamespace AND relforcerowsecurity
"""
_TABLES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY (%s) AND c.relkind = 'r'
"""
_REFERENCES = """
SELECT format('%%s.%%s', n.nspname, c.relname), format('%%s.%%s', o.nspname, other.relname)
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class other ON other.oid = k.confrelid JOIN pg_namespace o ON o.oid = other.relnamespace
 WHERE k.contype = 'f' AND n.nspname = ANY (%s) AND c.oid <> other.oid
"""


def require_empty(owner: str) -> None:
    """Raise Conflict where a ledger is in the database already."""
    with unavailable(), psycopg.connect(owner, connect_timeout=5) as connection:
        ((is_there,),) = connection.execute(_IS_THERE, [SCHEMAS]).fetchall()
    if is_there:
        raise Conflict(
            "there is a ledger in this database already: a backup is restored into an empty one. "
            "Name another folder with --data, or another database with TALLY_DATABASE_URL."
        )


def require_known(manifest: Manifest) -> None:
    """Raise BackupUnreadable for a backup that a newer version has made."""
    known = [name for name, _ in migrations()]
    newer = sorted({*manifest.saved.migrations} - {*known})
    newer += sorted({*manifest.saved.jobs} - {*job_migrations()})
    if newer:
        raise BackupUnreadable(
            f"the backup was made by a newer version, {manifest.version}, which has the migration "
            f"{newer[0]}: restore it with that version."
        )


def restore(owner: str, manifest: Manifest, rows: Rows) -> None:
    """Make the database what it was. Raises Unavailable, and what `rows` raises: then there is
    nothing."""
    with unavailable("take the backup"), migrator(owner) as migrating:
        connection = migrating.connection
        connection.execute("SET statement_timeout = 0; SET synchronous_commit = on")
        with connection.transaction():
            migrating.run(only=manifest.saved.migrations)
            migrating.make_jobs()
            _make_partitions(connection, manifest)
            with _without_guards(connection):
                _fill(connection, manifest, rows)
            _set_sequences(connection, manifest)
            migrating.run()
            connection.execute("ANALYZE")


def _make_partitions(connection: psycopg.Connection[Any], manifest: Manifest) -> None:
    """Make those that the migrations have not; the name is the one it had."""
    for each in manifest.saved.partitions:
        connection.execute(
            "SELECT tally.make_event_partition(%(name)s, %(first)s, %(past)s) "
            "WHERE to_regclass('tally.' || quote_ident(%(name)s)) IS NULL",
            {"name": each.name, "first": each.first, "past": each.past},
        )


@contextmanager
def _without_guards(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Lift row security from the owner, which takes no COPY, and the job library's triggers, which
    would write down once more what is in the backup. Nobody sees it: they are back before the
    end."""
    forced = [name for (name,) in connection.execute(_FORCED)]
    jobs = [name for name in _tables(connection) if name.startswith(f"{JOBS}.")]
    for name in forced:
        connection.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    for name in jobs:
        connection.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    yield
    for name in jobs:
        connection.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    for name in forced:
        connection.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")


def _fill(connection: psycopg.Connection[Any], manifest: Manifest, rows: Rows) -> None:
    there = _tables(connection)
    if strange := [table.name for table in manifest.tables if table.name not in there]:
        raise BackupUnreadable(f"no migration makes the table {strange[0]} of the backup.")
    saved = {table.name: table for table in manifest.tables}
    for name in _in_order(connection, saved):
        _empty(connection, name)
        _copy(connection, saved[name], rows)


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES, [SCHEMAS])]


def _in_order(connection: psycopg.Connection[Any], names: Iterable[str]) -> list[str]:
    """Return the tables, each after those that its rows refer to."""
    order = TopologicalSorter[str]({name: () for name in names})
    for name, other in connection.execute(_REFERENCES, [SCHEMAS]):
        order.add(name, other)
    wanted = set(names)
    return [name for name in order.static_order() if name in wanted]


def _empty(connection: psycopg.Connection[Any], name: str) -> None:
    """Take out what migrations have put in: their rows are in the backup too, as they became."""
    table = sql.Identifier(*name.split("."))
    begun = connection.execute(sql.SQL("SELECT FROM ONLY {} LIMIT 1").format(table))
    if begun.rowcount:
        connection.execute(sql.SQL("DELETE FROM ONLY {}").format(table))


def _copy(connection: psycopg.Connection[Any], table: SavedTable, rows: Rows) -> None:
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(*table.name.split(".")),
        sql.SQL(", ").join(map(sql.Identifier, table.columns)),
    )
    try:
        with connection.cursor().copy(query) as copy:
            for chunk in rows(table):
                copy.write(chunk)
    except (errors.DataError, errors.IntegrityError, errors.UndefinedColumn) as error:
        raise BackupUnreadable(f"PostgreSQL does not take the rows of {table.name}: {error}") from (
            error
        )


def _set_sequences(connection: psycopg.Connection[Any], manifest: Manifest) -> None:
    for name, last in manifest.sequences.items():
        connection.execute("SELECT setval(%s::regclass, %s)", [name, last])
