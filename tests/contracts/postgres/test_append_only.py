"""What PostgreSQL itself refuses, to the writer, to readers of other orgs, and to the owner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from adapters.postgres.access_log import PostgresAccessLog
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.event_store import PostgresEventStore
from api.access_log.attempts import Attempt
from api.access_log.recorder import AccessLog
from api.container import clock_us
from ledger.credits.ports import BalanceRow
from ledger.credits.usage import LINES
from ledger.kernel.keys import Key, KeyRow
from ledger.tables import TABLES
from ledger.tenancy.org import PLACEMENTS
from projections.followers import STORED
from tests.contracts.stores import append_to, entry

Connection = psycopg.Connection[tuple[Any, ...]]
CHANGES = (
    "UPDATE {} SET org = 'x'",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "UPDATE {} SET org = org WHERE false",
)
REFUSED = "TS003"
DECLARED = sorted(TABLES.keys() - {PLACEMENTS})  # which is a view of the heads
READABLE = ("heads", "events", "keys", "balances", "access_heads", "access_log")


@pytest.fixture(scope="module")
def filled(database: DatabaseUrls) -> DatabaseUrls:
    """A database with an event, a key, a balance and a refused request of two orgs."""
    event_store = PostgresEventStore(database.writer)
    for org in ("a", "b"):
        append_to(
            event_store,
            [entry(org, "s")],
            keys=[KeyRow(Key(org, LINES, "k"), 1, 0, "p")],
            balances=[BalanceRow(org, "u", "credit", 1, 1, 5, 0, 0, "{}")],
        )
    event_store.close()
    log = AccessLog(PostgresAccessLog(database.writer), clock_us)
    log.start()
    for org in ("a", "b"):
        log.note(Attempt("forbidden", "no.", "GET", "/v1/x", org), "r")
    log.close()
    return database


@pytest.fixture
def owner(filled: DatabaseUrls) -> Iterator[Connection]:
    with psycopg.connect(filled.owner, autocommit=True) as connection:
        yield connection


@pytest.fixture
def writer(filled: DatabaseUrls) -> Iterator[Connection]:
    with psycopg.connect(filled.writer, autocommit=True) as connection:
        yield connection


@pytest.fixture
def reader(filled: DatabaseUrls) -> Iterator[Connection]:
    with psycopg.connect(filled.query) as connection:
        yield connection


def tables(owner: Connection) -> list[sql.Identifier]:
    """Events and keys, with every partition, and the access log."""
    rows = owner.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'tally'::regnamespace "
        "AND c.relkind IN ('r', 'p') AND c.relname ~ '^((events|keys)(_|$)|access_log$)' ORDER BY 1"
    ).fetchall()
    assert len(rows) >= 1 + 2 + 1 + 8 + 1
    return [sql.Identifier("tally", name) for (name,) in rows]


@pytest.mark.parametrize("change", CHANGES)
def test_the_writer_may_not_change_history(
    owner: Connection, writer: Connection, change: str
) -> None:
    for table in tables(owner):
        with pytest.raises(errors.InsufficientPrivilege):
            writer.execute(sql.SQL(change).format(table))


@pytest.mark.parametrize("role", ["origin", "replica", "local"])
@pytest.mark.parametrize("change", CHANGES)
def test_triggers_refuse_the_owner_too(owner: Connection, change: str, role: str) -> None:
    owner.execute(sql.SQL("SET session_replication_role = {}").format(sql.Identifier(role)))
    for table in tables(owner):
        with pytest.raises(psycopg.Error) as refused:
            owner.execute(sql.SQL(change).format(table))
        assert refused.value.sqlstate == REFUSED


def test_a_partition_made_later_refuses_too(owner: Connection, writer: Connection) -> None:
    before = len(tables(owner))
    writer.execute("SELECT tally.ensure_event_partitions(25000000)")
    assert len(tables(owner)) > before
    newest = sql.Identifier("tally", "events_000003")
    for change in CHANGES:
        with pytest.raises(psycopg.Error) as refused:
            owner.execute(sql.SQL(change).format(newest))
        assert refused.value.sqlstate == REFUSED


def test_the_writer_can_neither_drop_nor_disarm(owner: Connection, writer: Connection) -> None:
    for table in tables(owner):
        for statement in ("DROP TABLE {}", "ALTER TABLE {} DISABLE TRIGGER ALL"):
            with pytest.raises(errors.InsufficientPrivilege):
                writer.execute(sql.SQL(statement).format(table))
    with pytest.raises(errors.InsufficientPrivilege):
        writer.execute("SET session_replication_role = replica")


@pytest.mark.parametrize("table", READABLE)
def test_a_reader_sees_only_the_org_of_its_transaction(reader: Connection, table: str) -> None:
    query = sql.SQL("SELECT DISTINCT org FROM {}").format(sql.Identifier("tally", table))
    assert reader.execute(query).fetchall() == []
    for org in ("a", "b"):
        reader.execute("SELECT set_config('tally.org', %s, true)", [org])
        assert reader.execute(query).fetchall() == [(org,)]
        reader.commit()
        assert reader.execute(query).fetchall() == []


@pytest.mark.parametrize("role", ["tally_writer", "tally_query"])
def test_partitions_are_no_way_around_row_security(
    owner: Connection, reader: Connection, role: str
) -> None:
    for table in tables(owner):
        try:
            found = reader.execute(sql.SQL("SELECT org FROM {}").format(table)).fetchall()
        except errors.InsufficientPrivilege:
            reader.rollback()
        else:
            assert found == []
    row = owner.execute(
        "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", [role]
    ).fetchone()
    assert row == (False, False)


@pytest.mark.parametrize(
    "table", [*READABLE, "texts", "shard", *sorted(TABLES.keys() - {PLACEMENTS}), *STORED]
)
def test_a_reader_writes_nothing(reader: Connection, table: str) -> None:
    name = sql.Identifier("tally", table)
    for statement in ("DELETE FROM {}", "TRUNCATE {}", "INSERT INTO {} DEFAULT VALUES"):
        with pytest.raises(errors.InsufficientPrivilege):
            reader.execute(sql.SQL(statement).format(name))
        reader.rollback()
