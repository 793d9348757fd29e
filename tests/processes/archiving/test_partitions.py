"""Partitions: each guards itself, whenever it was made, and tables are stored as they are used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from adapters.archive import Archives
from adapters.postgres.event_store import PostgresEventStore
from api import container
from api.writer.group_commit import GroupCommit
from tests.scenarios.commands import deposit, grant, register, usage, use
from tests.tamper.archived import FIRST, archive_until
from tests.tamper.stores import TestStore

CHANGES = (
    "UPDATE {} SET org = org",
    "UPDATE {} SET org = org WHERE false",
    "DELETE FROM {}",
    "DELETE FROM {} WHERE false",
    "TRUNCATE {}",
)
INSERTS = {"autovacuum_vacuum_insert_scale_factor=0.02", "autovacuum_freeze_min_age=0"}
UPDATES = {"autovacuum_vacuum_scale_factor=0.02", "autovacuum_vacuum_cost_delay=0"}


@pytest.fixture(scope="module")
def grown(stocked: TestStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestStore]:
    """A store with partitions made by a migration and later, one archived and not dropped."""
    copy = stocked.copy()
    with psycopg.connect(copy.ends.database.writer) as writer:
        writer.execute("SELECT tally.ensure_event_partitions(25000000)")
    archive_until(copy, Archives(str(tmp_path_factory.mktemp("a"))), FIRST)
    yield copy
    copy.drop()


def tables(store: TestStore) -> dict[str, set[str]]:
    """Tables that only grow with their storage parameters."""
    rows = store.rows(
        "SELECT relname, coalesce(reloptions, '{}') FROM pg_class "
        "WHERE relnamespace = 'tally'::regnamespace AND relkind = 'r' "
        "AND relname ~ '^(events|keys|archived)_'"
    )
    found = {name: set(options) for name, options in rows}
    made = {"events_000000", "events_000000b", "events_000002", "events_000003"}
    assert made | {"archived_000000", "keys_0", "keys_7"} <= set(found)
    return found


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["writer", "query", "owner"])
def test_every_partition_refuses_a_change_made_to_it_directly(
    grown: TestStore, role: str, change: str
) -> None:
    with psycopg.connect(getattr(grown.ends.database, role), autocommit=True) as connection:
        for name in [*tables(grown), "archives", "archive_chains"]:
            statement = sql.SQL(change.replace("org", "name") if name == "archives" else change)
            with pytest.raises(psycopg.Error) as refused:
                connection.execute(statement.format(sql.Identifier("tally", name)))
            expected = "TS003" if role == "owner" else errors.InsufficientPrivilege.sqlstate
            assert refused.value.sqlstate == expected, name


@pytest.mark.parametrize("role", ["writer", "query"])
def test_a_partition_is_no_way_around_row_security(grown: TestStore, role: str) -> None:
    with psycopg.connect(getattr(grown.ends.database, role), autocommit=True) as connection:
        for name in tables(grown):
            for statement in ("SELECT FROM {}", "INSERT INTO {} DEFAULT VALUES"):
                with pytest.raises(errors.InsufficientPrivilege):
                    connection.execute(sql.SQL(statement).format(sql.Identifier("tally", name)))
    secured = grown.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'tally'::regnamespace "
        "AND relname ~ '^(events|keys)(_|$)' AND relkind IN ('r', 'p') "
        "AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    assert secured == []


def test_every_partition_is_stored_for_rows_that_never_change(grown: TestStore) -> None:
    for name, options in tables(grown).items():
        assert options >= INSERTS, name


def test_what_changes_all_the_time_is_stored_for_it(grown: TestStore) -> None:
    for name in ("heads", "shard", "balances", "cap_counters", "projections", "projection_heads"):
        ((options,),) = grown.rows(
            "SELECT reloptions FROM pg_class WHERE oid = %s::regclass", [f"tally.{name}"]
        )
        assert set(options) >= UPDATES, name
        assert any(each.startswith("fillfactor=") for each in options)


def test_updates_of_heads_shard_and_balances_stay_on_their_pages(stocked: TestStore) -> None:
    """Nearly all of them are HOT: no index is written and no dead row waits for vacuum."""
    copy = stocked.copy()
    event_store = PostgresEventStore(copy.ends.database.writer, name="hot")
    process = GroupCommit(container.ledger(event_store), copy.clock)
    users = [f"user-{n}" for n in range(40)]
    far = "2036-01-01T00:00:00Z"
    first = [register("hot"), *(deposit("9", key=f"d {u}", user=u, org="hot") for u in users)]
    process.run(first)
    process.run([grant("9", "free", key=u, user=u, org="hot", expires=far) for u in users])
    event_store._connected().execute("SELECT pg_stat_force_next_flush()")
    before = hot(copy)
    for n in range(25):
        process.run([usage([use("0.01", id=f"{n} {u}", user=u)], org="hot") for u in users])
    event_store._connected().execute("SELECT pg_stat_force_next_flush()")
    event_store.close()
    after = hot(copy)
    for table, (updates, on_page) in after.items():
        made = updates - before[table][0]
        assert made >= 25
        assert (on_page - before[table][1]) / made > 0.9, (table, before, after)
    copy.drop()


def hot(store: TestStore) -> dict[str, tuple[int, int]]:
    rows: list[tuple[Any, ...]] = store.rows(
        "SELECT relname, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables "
        "WHERE schemaname = 'tally' AND relname IN ('heads', 'shard', 'balances')"
    )
    return {name: (updates, on_page) for name, updates, on_page in rows}
