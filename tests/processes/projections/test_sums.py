"""Sums by hour, day and month stay those of the events, however their rows came in."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.connection import connect
from adapters.clickhouse.lazy_client import LazyClient
from adapters.clickhouse.sums import BLOCK
from adapters.clickhouse.tables import definitions
from adapters.embedded import EngineUrls
from adapters.postgres.read_models import PostgresProjection
from ledger.credits.transactions import transactions_of
from ledger.credits.usage import UsageLine
from ledger.kernel.times import format_time, microseconds, moment
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from projections.credits.usage import READ_MODEL as USAGE
from projections.engine import Runner
from projections.read_model import Row
from projections.tables import Inserting
from tests.processes.projections.test_exactly_once import Killed, catch_up
from tests.scenarios.commands import deposit, register, usage, use
from tests.tamper.stores import TestStore

ORGS = ("acme", "globex")
MEASURES = ("lines", "late_lines", "amount", "input_tokens", "output_tokens")
PERIODS: dict[str, tuple[str, Callable[[datetime], date]]] = {
    "hours": ("hour", lambda at: at.replace(minute=0, second=0, microsecond=0)),
    "days": ("day", lambda at: at.date()),
    "months": ("month", lambda at: at.date().replace(day=1)),
}

Sums = dict[tuple[Any, ...], tuple[int, ...]]


@pytest.fixture(scope="module")
def told(engines: EngineUrls) -> Iterator[TestStore]:
    """A store with lines of many hours, days and months, some of them late, in two orgs."""
    store = TestStore.new(engines)
    draw = random.Random(7)
    now = datetime.now(UTC)
    for org in ORGS:
        store.run([register(org), deposit("100", key="d", org=org)])
        store.run(
            [
                usage([_use(draw, now, f"{number}.{place}") for place in range(4)], org=org)
                for number in range(25)
            ]
        )
    catch_up(store)
    yield store
    store.drop()


def _use(draw: random.Random, now: datetime, name: str) -> Any:
    ago = timedelta(minutes=draw.choice((0, 1, 90, 60 * 24 * 3, 60 * 24 * 40)))
    return use(
        f"0.{draw.randrange(1, 99):02}",
        id=name,
        model=draw.choice(("m1", "m2")),
        service=draw.choice(("chat", None)),
        occurred=format_time(microseconds(now - ago)),
        quantities={"input_tokens": draw.randrange(1000), "images": 1},
    )


def rows_of(store: TestStore) -> list[Row]:
    table = ClickHouseTable(LazyClient(store.clickhouse_url), USAGE)
    rows = {row[:3]: row for row in table.span(-1, 2**47)}
    table.close()
    return [rows[place] for place in sorted(rows)]


def events_of(store: TestStore) -> list[RecordedEvent]:
    reader = PostgresProjection(store.ends.database.writer, USAGE.name)
    events = reader.span(0, 2**47)
    reader.close()
    return events


def from_events(store: TestStore, period: str) -> Sums:
    """What the events add up to: of the facts alone, without a read model."""
    _, start = PERIODS[period]
    found: dict[tuple[Any, ...], Counter[str]] = {}
    for event in events_of(store):
        for line in (each.usage for each in transactions_of(fact_of(event))):
            if line is not None:
                key = (event.org, start(moment(line.occurred_us)), line.service or "", line.model)
                _add(found.setdefault(key, Counter()), line)
    return {key: tuple(sums[name] for name in MEASURES) for key, sums in found.items()}


def _add(sums: Counter[str], line: UsageLine) -> None:
    sums["lines"] += 1
    sums["late_lines"] += line.late
    sums["amount"] += line.amount
    for meter, count in line.quantities.items():
        sums[meter] += count


def summed(store: TestStore, period: str) -> Sums:
    column, _ = PERIODS[period]
    client = connect(store.clickhouse_url)
    rows = client.query(
        f"SELECT org, {column}, service, model, {', '.join(f'sum({each})' for each in MEASURES)} "
        f"FROM usage_{period} GROUP BY org, {column}, service, model"
    ).result_rows
    client.close()
    return {(row[0], _utc(row[1]), *row[2:4]): tuple(row[4:]) for row in rows}


def _utc(at: date) -> date:
    return at.replace(tzinfo=UTC) if isinstance(at, datetime) else at


def assert_right(store: TestStore) -> None:
    for period in PERIODS:
        found = summed(store, period)
        assert found == from_events(store, period)
        assert len(found) > 4


@pytest.fixture
def table(told: TestStore) -> Iterator[ClickHouseTable]:
    """Where the lines are."""
    table = ClickHouseTable(LazyClient(told.clickhouse_url), USAGE)
    yield table
    table.close()


def test_sums_are_those_of_the_events(told: TestStore) -> None:
    assert_right(told)


def test_a_range_inserted_three_times_under_other_tokens_is_summed_once(
    told: TestStore, table: ClickHouseTable
) -> None:
    rows = rows_of(told)
    for turn in range(3):
        table.insert(rows[turn * 7 :], f"again {turn}")
        assert_right(told)


def test_ranges_that_come_out_of_order_and_overlap_are_summed_once(
    told: TestStore, table: ClickHouseTable
) -> None:
    rows = rows_of(told)
    table.empty()
    assert summed(told, "days") == {}
    for number, first in enumerate((150, 60, 100, 0)):
        table.insert(rows[first : first + 70], f"out of order {number}")
    assert_right(told)


class DyingSums(ClickHouseTable):
    """The real table; dies when the rows are in and not summed, or when both are."""

    def __init__(self, url: str, when: str) -> None:
        super().__init__(LazyClient(url), USAGE)
        self._when = when

    def insert(self, rows: Sequence[Row], token: str) -> None:
        if self._when == "before sums":
            self._sums = None
        super().insert(rows, token)
        raise Killed


@pytest.mark.parametrize("when", ["before sums", "before confirmation"])
def test_a_crash_between_insert_and_confirmation_changes_no_sum(told: TestStore, when: str) -> None:
    told.run([usage([_use(random.Random(when), datetime.now(UTC), f"late {when}")])])
    dying = DyingSums(told.clickhouse_url, when)
    progress = PostgresProjection(told.ends.database.writer, USAGE.name)
    with pytest.raises(Killed):
        Runner(Inserting(USAGE, progress, dying, linger_s=0), threading.Event()).catch_up()
    dying.close()
    catch_up(told)
    assert_right(told)
    assert told.verify().exit_code == 0


def test_a_sum_that_is_not_of_its_rows_is_found_and_mended(
    told: TestStore, table: ClickHouseTable
) -> None:
    told.analysts(
        "INSERT INTO usage_sums SELECT * REPLACE (lines + 1 AS lines, amount + 5 AS amount) "
        "FROM usage_sums FINAL WHERE org = 'globex' LIMIT 1"
    )
    first = told.verify()["usage"].first
    assert first is not None
    assert (first.place.org, first.place.sequence) == ("globex", 0)
    assert first.detail == "its sums over sequences 0 to 511 are not of its rows"
    table.repair_sums([("globex", 3)])
    assert told.verify()["usage"].wrong == 0
    assert_right(told)


def test_sums_that_are_being_written_are_not_wrong(told: TestStore, table: ClickHouseTable) -> None:
    told.analysts("ALTER TABLE usage_sums DELETE WHERE org = 'acme'")
    last = max(row[3] for row in rows_of(told) if row[0] == "acme")
    assert table.wrong_sums({1: last - 1}) == []
    assert [each.org for each in table.wrong_sums({1: last})] == ["acme"]
    table.repair_sums([("acme", 0)])
    assert table.wrong_sums({1: last}) == []


def test_blocks_are_those_of_the_view() -> None:
    """The number stands in the statement that sums, too."""
    (view,) = [each for each in definitions() if each.subject == "usage_sums_of_lines"]
    assert f"intDiv(sequence, {BLOCK})" in view.sql
