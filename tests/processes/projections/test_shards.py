"""Read models of a ledger with several shards: every event once, in the order of its org."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from typer.testing import CliRunner

import adapters.postgres.read_models
from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.lazy_client import LazyClient
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.read_models import PostgresProjection
from adapters.postgres.wallet_snapshots import PostgresWalletSnapshots
from api import container
from api.commands.command import Command
from api.writer.group_commit import GroupCommit
from ledger.kernel.errors import LedgerError
from projections.credits.usage import READ_MODEL as USAGE
from projections.credits.wallet_snapshots import WalletSnapshots
from projections.engine import Runner
from projections.tables import Inserting
from tests.command_line import app
from tests.processes.projections.test_exactly_once import (
    DyingConfirmation,
    DyingStore,
    DyingTable,
    Killed,
    catch_up,
    stored,
)
from tests.scenarios.commands import deposit, move, register, usage, use
from tests.tamper.stores import TestStore

LINES = 36
HEADS = "SELECT org, sequence FROM tally.heads ORDER BY org"
BEHIND = """
SELECT n.name, s.id, p.position
  FROM (VALUES ('transactions'), ('usage'), ('wallet_snapshots')) AS n (name)
 CROSS JOIN tally.shard s
  LEFT JOIN tally.projections p ON p.name = n.name AND p.shard = s.id
 WHERE p.position IS DISTINCT FROM s.position
"""


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.postgres.read_models, "PAGE_EVENTS", 5)


def run_in(store: TestStore, shard: int, commands: Sequence[Command[Any]]) -> None:
    """Decide and commit as the writer of a shard does."""
    event_store = PostgresEventStore(store.ends.database.writer, name="test")
    try:
        ledger = container.ledger(event_store)
        for outcome in GroupCommit(ledger, store.clock, shard=shard).run(commands):
            if isinstance(outcome, LedgerError):
                raise outcome
    finally:
        event_store.close()


def lines(store: TestStore, shard: int, name: str, count: int = LINES // 3) -> None:
    run_in(store, shard, [usage([use("0.01", id=f"{name} {n}")]) for n in range(count)])


def wander(store: TestStore) -> None:
    """An org that spends in shard 1, in shard 2, and in shard 1 again."""
    run_in(store, 1, [register(), deposit("1", key="d")])
    lines(store, 1, "first")
    run_in(store, 1, [move("acme", 2)])
    lines(store, 2, "second")
    run_in(store, 1, [move("acme", 1)])
    lines(store, 1, "third")


def check(store: TestStore) -> None:
    """Everything is applied, once, and said to be."""
    assert stored(store) == [(LINES, LINES, LINES * 10_000)]
    assert store.rows("SELECT count(*) FROM tally.transactions") == [(LINES + 1,)]
    assert store.rows(BEHIND) == []
    for name in ("transactions", "usage", "wallet_snapshots"):
        query = "SELECT org, sequence FROM tally.projection_heads WHERE name = %s ORDER BY org"
        assert store.rows(query, [name]) == store.rows(HEADS)


def test_every_event_of_an_org_that_moves_is_applied_once(store: TestStore) -> None:
    wander(store)
    catch_up(store)
    check(store)


@pytest.mark.parametrize("when", ["planned", "before", "inserted", "confirmed"])
@pytest.mark.parametrize("after_it_moved", [pytest.param(False, marks=pytest.mark.slow), True])
def test_killed_in_any_shard_it_leaves_every_line_once(
    store: TestStore, when: str, after_it_moved: bool
) -> None:
    run_in(store, 1, [register(), deposit("1", key="d")])
    lines(store, 1, "first")
    if after_it_moved:
        catch_up(store)
    run_in(store, 1, [move("acme", 2)])
    lines(store, 2, "second")
    kinds = {"planned": DyingStore, "confirmed": DyingConfirmation}
    progress = kinds.get(when, PostgresProjection)(store.ends.database.writer, USAGE.name)
    table = ClickHouseTable(LazyClient(store.clickhouse_url), USAGE)
    if when in ("before", "inserted"):
        table = DyingTable(store.clickhouse_url, when)
    with pytest.raises(Killed):
        Runner(Inserting(USAGE, progress, table, linger_s=0), threading.Event()).catch_up()
    table.close()
    run_in(store, 1, [move("acme", 1)])
    lines(store, 1, "third")
    catch_up(store)
    check(store)


@pytest.mark.parametrize("name", ["transactions", "usage"])
def test_a_rebuilt_read_model_has_what_every_shard_says(
    store: TestStore, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY_DATABASE_URL", store.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", store.clickhouse_url)
    wander(store)
    catch_up(store)
    query = "SELECT * FROM tally.transactions ORDER BY org, sequence, line"
    before = store.rows(query)
    store.tamper("DELETE FROM tally.transactions WHERE sequence % 2 = 0")
    if name == "usage":
        store.analysts("ALTER TABLE usage DELETE WHERE sequence % 2 = 0")
        catch_up(store)
        assert CliRunner().invoke(app, ["rebuild", "transactions"]).exit_code == 0
    assert CliRunner().invoke(app, ["rebuild", name]).exit_code == 0
    assert store.rows(query) == before
    check(store)


def test_a_wallet_that_moves_has_a_snapshot_after_every_so_many_events(store: TestStore) -> None:
    wander(store)
    catch_up(store)
    store.tamper("UPDATE tally.projections SET position = position >> 48 << 48")
    catch_up(store)
    check(store)
    store.tamper(
        "UPDATE tally.projections SET position = position >> 48 << 48 "
        "WHERE name = 'wallet_snapshots'"
    )
    rows = PostgresWalletSnapshots(store.ends.database.writer, WalletSnapshots.name, every=10)
    assert Runner(WalletSnapshots(rows, linger_s=0, every=10), threading.Event()).catch_up()
    versions = store.rows("SELECT version, sequence FROM tally.wallet_snapshots ORDER BY version")
    assert [version for version, _ in versions] == [10, 20, 30]
    query = "SELECT sequence FROM tally.events WHERE stream LIKE 'wallet/%%' AND version %% 10 = 0"
    assert sorted(store.rows(query)) == sorted((sequence,) for _, sequence in versions)
