"""Migrations when several processes start at once, and when a database is not ours."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from adapters.postgres.migrations import (
    SchemaMismatch,
    migrate,
    migrations,
    migrator,
    require_current,
)
from ledger.kernel.errors import NoLedger
from tests.contracts.conftest import new_database

NAMES = [name for name, _ in migrations()]


@pytest.mark.parametrize("attempt", range(5))
def test_four_threads_migrate_a_fresh_database_once(server: str, attempt: int) -> None:
    url = new_database(server)
    with ThreadPoolExecutor(4) as pool:
        ran = [each.result(timeout=60) for each in [pool.submit(migrate, url) for _ in range(4)]]
    assert sorted(ran) == [[], [], [], NAMES]


def test_four_threads_migrate_four_fresh_databases(server: str) -> None:
    """Roles belong to the whole server, so that these do meet."""
    urls = [new_database(server) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(migrate, urls, timeout=300)) == [NAMES] * 4


def test_four_processes_migrate_a_fresh_database_once(empty_database: str) -> None:
    program = "import sys; from adapters.postgres.migrations import migrate; migrate(sys.argv[1])"
    command = [sys.executable, "-c", program, empty_database]
    running = [subprocess.Popen(command) for _ in range(4)]
    assert [each.wait(timeout=60) for each in running] == [0, 0, 0, 0]
    assert migrate(empty_database) == []


def test_a_migration_that_changed_is_refused(empty_database: str) -> None:
    migrate(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("UPDATE public.tally_migrations SET sha256 = 'other' WHERE true")
    with pytest.raises(SchemaMismatch):
        migrate(empty_database)


def test_a_version_that_may_not_migrate_does_not_begin_on_an_older_schema(
    empty_database: str,
) -> None:
    """On a newer one it does: the older version goes on beside the newer (docs/upgrade.md)."""
    *older, (newest, _) = migrations()
    with migrator(empty_database) as migrating:
        migrating.run(only=[name for name, _ in older])
    with pytest.raises(NoLedger, match=f"lacks {newest}: run `tally migrate`"):
        require_current(empty_database)
    migrate(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO public.tally_migrations (name, sha256) VALUES ('9999_newer.sql', '')"
        )
    require_current(empty_database)
    assert migrate(empty_database) == []
