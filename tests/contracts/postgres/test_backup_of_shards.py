"""A backup of a store with several shards, each with its positions, its partitions and its
followers' places, and of the jobs that wait."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import conninfo

from adapters.backup_file import BackupReader
from adapters.postgres.restore import restore
from api.backup.backup import back_up
from api.container import Endpoints, examine_ledger
from api.settings import Settings

BASE = 1 << 48
FIRST = BASE + 10_000_001
"""A position of shard 2, in its second partition."""

KEPT = (
    "SELECT id, position FROM tally.shard ORDER BY id",
    "SELECT tableoid::regclass::text, position, org, body FROM tally.events ORDER BY position",
    "SELECT org, sequence, shard FROM tally.heads ORDER BY org",
    "SELECT name, shard, position FROM tally.projections ORDER BY name, shard",
    "SELECT id, queue_name, status FROM tally_jobs.procrastinate_jobs",
    "SELECT job_id, type FROM tally_jobs.procrastinate_events",
    "SELECT name, secret FROM tally.secrets ORDER BY name",
    "SELECT inhrelid::regclass::text, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits "
    "JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'tally.events'::regclass ORDER BY 1",
)


@pytest.fixture
def two_shards(new_endpoints: Callable[[], Endpoints]) -> Endpoints:
    """A store whose second shard has an event and is followed to the one before; a call waits."""
    ends = new_endpoints()
    with psycopg.connect(ends.database.owner, autocommit=True) as connection:
        connection.execute("SELECT tally.ensure_shard(2, 20000000)")
        connection.execute("UPDATE tally.shard SET position = %s WHERE id = 2", [FIRST])
        connection.execute(
            "INSERT INTO tally.events "
            "VALUES (%s, 'acme', 1, 'org', 1, 'x', 1, '{}', 'k', 'b', 'h')",
            [FIRST],
        )
        connection.execute("INSERT INTO tally.heads VALUES ('acme', 1, 'h', 1, 2)")
        connection.execute(
            "INSERT INTO tally.projections (name, position) VALUES ('transactions', %s)",
            [FIRST - 1],
        )
        connection.execute(
            "SET search_path = tally_jobs; "
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('effects', 'call')"
        )
    return ends


def test_what_is_restored_has_the_shards_that_there_were(
    two_shards: Endpoints, tmp_path: Path
) -> None:
    owner, file = two_shards.database.owner, tmp_path / "backup.tar"
    made = back_up(Settings(data=tmp_path), owner, file, lambda *_: None)
    assert made.manifest.saved.positions == {"1": 0, "2": FIRST}
    restored = empty_beside(owner)
    with BackupReader(file) as backup:
        restore(restored, backup.manifest(), backup.rows)
    before, after = rows(owner), rows(restored)
    assert before == after
    assert all(before)
    assert [row[0] for row in after[1]] == ["tally.events_2_000001"]


def test_the_doctor_counts_what_a_follower_has_to_take_in_each_shard(
    two_shards: Endpoints,
) -> None:
    facts = examine_ledger(two_shards.database.writer, ["transactions", "usage"])
    assert facts.behind == {"transactions": 1, "usage": FIRST - BASE}


def rows(url: str) -> list[list[tuple[Any, ...]]]:
    with psycopg.connect(url) as connection:
        return [connection.execute(query).fetchall() for query in KEPT]


def empty_beside(owner: str) -> str:
    name = f"{conninfo.conninfo_to_dict(owner)['dbname']}_restored"
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return conninfo.make_conninfo(owner, dbname=name)
