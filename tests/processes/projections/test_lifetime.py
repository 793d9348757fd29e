"""Lines for analysts leave when their time has come: their sums stay, and nothing calls them
missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.clickhouse.analysts import ALL_MONTHS
from adapters.clickhouse.connection import connect
from api.comparison.compare import compare_copies, repair_copies
from api.comparison.rebuild import rebuild_beside
from projections.read_models import ANALYSTS
from tests.processes.projections.test_exactly_once import begin, catch_up, fill
from tests.tamper.stores import TestStore

TABLES = ("usage", "transactions", "ledger_events")
GONE = "ALTER TABLE {} MODIFY TTL toDateTime(recorded_at) + INTERVAL 1 SECOND"
SUMS = "SELECT * FROM usage_sums FINAL ORDER BY ALL"


@pytest.fixture(scope="module")
def told(engines: object) -> Iterator[TestStore]:
    store = TestStore.new(engines)  # type: ignore[arg-type]
    begin(store)
    catch_up(store)
    yield store
    store.drop()


def asked(store: TestStore, query: str) -> list[tuple[object, ...]]:
    client = connect(store.clickhouse_url)
    try:
        return [tuple(row) for row in client.query(query).result_rows]
    finally:
        client.close()


def lifetimes(store: TestStore) -> list[str]:
    query = (
        "SELECT extract(engine_full, 'toInterval[^)]*.') FROM system.tables "
        "WHERE database = currentDatabase() AND name IN ('usage', 'transactions', 'ledger_events')"
    )
    return sorted(str(said) for (said,) in asked(store, query))


def follow(store: TestStore, name: str, months: int | None) -> None:
    """More lines, with a setting."""
    ends = store.ends
    store.ends = replace(ends, analysts_months=months)
    fill(store, name, 3)
    catch_up(store)
    store.ends = ends


def wrong(store: TestStore) -> dict[str, str]:
    """What verification and comparison find."""
    checks = {**store.verify().checks, **compare_copies(store.ends, None).report.checks}
    return {name: str(check.first) for name, check in checks.items() if check.wrong}


def test_it_is_said_with_the_first_line_that_stays_and_can_be_changed(told: TestStore) -> None:
    follow(told, "as it is", None)
    assert lifetimes(told) == [""] * 3
    follow(told, "two years", 24)
    assert lifetimes(told) == ["toIntervalMonth(24)"] * 3
    follow(told, "left", None)
    follow(told, "one year", 12)
    assert lifetimes(told) == ["toIntervalMonth(12)"] * 3
    follow(told, "for ever", ALL_MONTHS)
    assert lifetimes(told) == [""] * 3
    assert wrong(told) == {}


def test_what_stays_is_compared(told: TestStore) -> None:
    follow(told, "young", 24)
    taken = "ALTER TABLE usage DELETE WHERE id = 'young 1' SETTINGS mutations_sync = 2"
    told.analysts(taken)
    assert wrong(told).keys() == {"usage"}
    repair_copies(told.ends, told.ends.database, None)
    assert wrong(told) == {}


def test_what_has_gone_is_no_finding_and_its_sums_stay(told: TestStore) -> None:
    follow(told, "old", None)
    before = asked(told, SUMS)
    for table in TABLES:
        told.analysts(GONE.format(table))
        told.analysts(f"OPTIMIZE TABLE {table} FINAL")
    assert asked(told, "SELECT count() FROM usage") == [(0,)]
    assert wrong(told) == {}
    assert repair_copies(told.ends, told.ends.database, None).mended == 0
    assert asked(told, SUMS) == before
    for name in ANALYSTS:
        rebuild_beside(name, told.ends, None)
    assert asked(told, SUMS) == before
    assert wrong(told) == {}
    assert lifetimes(told) == ["toIntervalSecond(1)"] * 3
