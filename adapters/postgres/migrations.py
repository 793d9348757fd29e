"""Migrations: `schemas/postgres/*.sql` in order, each once; safe when two processes start at
once."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.resources import files

import psycopg

from adapters.postgres.connection import OWNER, WRITER
from adapters.postgres.jobs import migrate_jobs
from ledger.kernel.errors import LedgerError, NoLedger

_LOCK = 0x7A11_1357

_AS_OWNER = f"""
SELECT set_config('role', tableowner, true) FROM pg_tables
 WHERE schemaname = 'tally' AND tablename = 'events' AND tableowner = '{OWNER}'
"""
"""From 0018_roles.sql on, what migrations make is the owner's of the schema, not the login's."""

_FORBID_TEMPORARY = f"""
DO $$ BEGIN
    IF has_database_privilege('{WRITER}', current_database(), 'TEMPORARY') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF;
END $$
"""
"""Temporary objects are the only ones that a role could make, and stand in for others by name. The
privilege is the database's: a copy of one has it again."""


class SchemaMismatch(LedgerError):
    """The database was made by other migrations than these."""

    code = "schema_mismatch"


class Migrator:
    """Brings one database to this version, while nobody else does."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self.connection = connection

    def run(self, only: Collection[str] | None = None) -> list[str]:
        """Run the migrations that the database has not yet, or of these only; return their
        names."""
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS public.tally_migrations (name text PRIMARY KEY, "
            "sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        rows = self.connection.execute("SELECT name, sha256 FROM public.tally_migrations")
        done: dict[str, str] = dict(rows.fetchall())  # type: ignore[arg-type]  # two texts
        wanted = [each for each in migrations() if only is None or each[0] in only]
        return [name for name, sql in wanted if _apply(self.connection, name, sql, done)]

    def make_jobs(self) -> None:
        """Bring the job library's tables to its version."""
        migrate_jobs(self.connection)
        self.connection.execute(_FORBID_TEMPORARY)


@contextmanager
def migrator(url: str) -> Iterator[Migrator]:
    """Give what migrates a database. A lock makes a second process wait; a statement that cannot
    get its lock fails after 30 s instead of blocking the service behind it."""
    with psycopg.connect(url, autocommit=True, application_name="tallystick migrate") as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        connection.execute("SET lock_timeout = '30s'")
        yield Migrator(connection)


def migrate(url: str) -> list[str]:
    """Bring the database to this version; return the names of the migrations that ran."""
    with migrator(url) as migrating:
        ran = migrating.run()
        migrating.make_jobs()
        return ran


def require_made(url: str) -> None:
    """Raise NoLedger unless a ledger was made in this database; makes nothing."""
    _done(url)


def require_current(url: str) -> None:
    """Raise NoLedger unless this database has just these migrations; changes nothing."""
    done = set(_done(url))
    if missing := [name for name, _ in migrations() if name not in done]:
        raise NoLedger(
            f"the ledger was made by an older version and lacks {missing[0]}: run `tally migrate`."
        )


def _done(url: str) -> list[str]:
    try:
        with psycopg.connect(url, application_name="tallystick migrate") as connection:
            rows = connection.execute("SELECT name FROM public.tally_migrations").fetchall()
            return [str(name) for (name,) in rows]
    except psycopg.errors.UndefinedTable as error:
        raise NoLedger(
            "there is no ledger in this database: `tally serve` or `tally migrate` makes one."
        ) from error


def migrations() -> list[tuple[str, str]]:
    """Return every migration, in order: its name and its SQL."""
    folder = files("schemas") / "postgres"
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".sql"))
    return [(name, (folder / name).read_text("utf-8")) for name in names]


def _apply(
    connection: psycopg.Connection[tuple[object, ...]], name: str, sql: str, done: dict[str, str]
) -> bool:
    digest = hashlib.sha256(sql.encode()).hexdigest()
    if name in done:
        if done[name] != digest:
            raise SchemaMismatch(
                f"the migration {name} was applied in another form: migrations never change, "
                "add a new one."
            )
        return False
    with connection.transaction():
        connection.execute(_AS_OWNER)
        connection.execute(sql)
        connection.execute("RESET ROLE")
        connection.execute(
            "INSERT INTO public.tally_migrations (name, sha256) VALUES (%s, %s)", [name, digest]
        )
    return True
