"""A read model has every event once, wherever its runner is killed."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.connection import connect
from adapters.clickhouse.lazy_client import LazyClient
from adapters.postgres.read_models import PostgresProjection, PostgresReadModel
from api.container import projections
from api.verification.verify import verify
from projections.credits.transactions import READ_MODEL as TRANSACTIONS
from projections.credits.usage import READ_MODEL as USAGE
from projections.engine import Runner
from projections.ports import P, Progress, Superseded
from projections.read_model import Row
from projections.tables import Inserting, Storing
from tests.scenarios.commands import deposit, register, usage, use
from tests.tamper.stores import TestStore


class Killed(BaseException):
    """Stands for the end of the process."""


class DyingTable(ClickHouseTable):
    """The real table; dies before or after its first insert."""

    def __init__(self, url: str, when: str) -> None:
        super().__init__(LazyClient(url), USAGE)
        self._when = when

    def insert(self, rows: Sequence[Row], token: str) -> None:
        if self._when == "before":
            raise Killed
        super().insert(rows, token)
        raise Killed


class DyingStore(PostgresProjection):
    """The real progress; dies after the range is planned."""

    def plan(self, before: Progress, until: int) -> Progress:
        super().plan(before, until)
        raise Killed


class DyingConfirmation(PostgresProjection):
    """The real progress; dies after the range is confirmed."""

    def confirm(self, before: P, until: int, heads: Mapping[str, int]) -> P:
        super().confirm(before, until, heads)
        raise Killed


def fill(store: TestStore, name: str, lines: int = 30) -> None:
    store.run([usage([use("0.01", id=f"{name} {number}")]) for number in range(lines)])


def begin(store: TestStore) -> None:
    store.run([register(), deposit("1", key="d")])
    fill(store, "first")


def catch_up(store: TestStore) -> None:
    for projection in projections(store.ends, linger_s=0):
        assert Runner(projection, threading.Event()).catch_up()


def stored(store: TestStore) -> list[Any]:
    client = connect(store.clickhouse_url)
    rows = client.query("SELECT count(), uniqExact(id), sum(amount) FROM usage FINAL").result_rows
    client.close()
    return [tuple(map(int, row)) for row in rows]


@pytest.mark.parametrize("when", ["planned", "before", "inserted", "confirmed"])
def test_killed_runner_leaves_every_line_once(store: TestStore, when: str) -> None:
    begin(store)
    kinds = {"planned": DyingStore, "confirmed": DyingConfirmation}
    progress = kinds.get(when, PostgresProjection)(store.ends.database.writer, USAGE.name)
    table = ClickHouseTable(LazyClient(store.clickhouse_url), USAGE)
    if when in ("before", "inserted"):
        table = DyingTable(store.clickhouse_url, when)
    with pytest.raises(Killed):
        Runner(Inserting(USAGE, progress, table, linger_s=0), threading.Event()).catch_up()
    table.close()
    fill(store, "while it was down")
    catch_up(store)
    assert stored(store) == [(60, 60, 600_000)]
    assert verify(store.ends).exit_code == 0


def test_range_that_was_planned_is_repeated_exactly(store: TestStore) -> None:
    begin(store)
    progress = PostgresProjection(store.ends.database.writer, USAGE.name)
    assert progress.claim()
    progress.begin()
    last = progress.page(0)[-1].position
    progress.plan(Progress(0, None), last - 10)
    progress.close()
    tokens: list[str] = []

    class Watched(ClickHouseTable):
        def insert(self, rows: Sequence[Row], token: str) -> None:
            tokens.append(token)
            super().insert(rows, token)

    table = Watched(LazyClient(store.clickhouse_url), USAGE)
    runner = Runner(
        Inserting(
            USAGE, PostgresProjection(store.ends.database.writer, USAGE.name), table, linger_s=0
        ),
        threading.Event(),
    )
    assert runner.catch_up()
    table.close()
    assert tokens == [f"usage:0-{last - 10}", f"usage:{last - 10}-{last}"]


def test_insert_sent_twice_counts_once_also_without_final(store: TestStore) -> None:
    begin(store)
    catch_up(store)
    table = ClickHouseTable(LazyClient(store.clickhouse_url), USAGE)
    rows = table.span(-1, 10_000)
    table.insert(rows[:10], "again")
    table.insert(rows[:10], "again")
    assert len(table.span(-1, 10_000)) == 40  # the token is new once; FINAL merges the other ten
    table.close()
    assert stored(store) == [(30, 30, 300_000)]


def test_second_runner_stands_by(store: TestStore) -> None:
    begin(store)
    first = PostgresProjection(store.ends.database.writer, TRANSACTIONS.name)
    assert first.claim()
    second = Storing(TRANSACTIONS, PostgresReadModel(store.ends.database.writer, TRANSACTIONS))
    runner = Runner(second, threading.Event())
    assert not runner.catch_up()
    first.close()
    assert runner.catch_up()
    assert store.rows("SELECT count(*) FROM tally.transactions") == [(31,)]


def test_runner_that_lost_its_claim_writes_nothing(store: TestStore) -> None:
    begin(store)
    late = PostgresReadModel(store.ends.database.writer, TRANSACTIONS)
    (at,) = late.progress()
    catch_up(store)
    with pytest.raises(Superseded):
        late.apply(at, 5, {"acme": 99}, [])
    with pytest.raises(Superseded):
        late.plan(at, 5)
    late.close()
    assert store.rows("SELECT max(sequence) FROM tally.projection_heads") == [(33,)]


def test_rebuilt_from_zero_is_equal(store: TestStore) -> None:
    begin(store)
    catch_up(store)
    query = "SELECT * FROM tally.transactions ORDER BY org, sequence, line"
    before = store.rows(query), stored(store)
    store.tamper(
        "DELETE FROM tally.transactions",
        "UPDATE tally.projections SET position = 0",
        "DELETE FROM tally.projection_heads",
    )
    store.analysts("DROP TABLE usage SYNC")
    catch_up(store)
    assert (store.rows(query), stored(store)) == before
    assert verify(store.ends).exit_code == 0


def test_repeated_over_what_is_there_changes_nothing(store: TestStore) -> None:
    begin(store)
    catch_up(store)
    store.tamper("UPDATE tally.projections SET position = 0")
    catch_up(store)
    assert stored(store) == [(30, 30, 300_000)]
    assert verify(store.ends).exit_code == 0
