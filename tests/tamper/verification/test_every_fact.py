"""A store that holds every kind of fact verifies, and names what was changed in it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator

import pytest

from adapters.embedded import EngineUrls
from adapters.postgres.event_store import PostgresEventStore
from ledger.ports import Batch
from ledger.registry import FACTS
from tests.formats.golden import tell
from tests.sampling import every
from tests.scenarios.clock import StandingClock
from tests.tamper.stores import TestStore


class PastJournal(PostgresEventStore):
    """Writes a story that is over: the store is told its own time, the events keep theirs."""

    def append(self, batch: Batch) -> int:
        return super().append(dataclasses.replace(batch, clock_us=time.time_ns() // 1000))


@pytest.fixture(scope="module")
def told(engines: EngineUrls) -> Iterator[TestStore]:
    store = TestStore.new(engines)
    event_store = PastJournal(store.ends.database.writer, name="story")
    tell(event_store, StandingClock())
    event_store.close()
    yield store
    store.drop()


@pytest.fixture
def open_told(told: TestStore) -> Iterator[TestStore]:
    copy = told.copy()
    copy.unguard()
    yield copy
    copy.drop()


def test_a_store_with_every_kind_of_fact_verifies(told: TestStore) -> None:
    kinds = {kind for (kind,) in told.rows("SELECT DISTINCT type FROM tally.events")}
    assert kinds == set(FACTS)
    report = told.verify()
    assert [c.first for c in report.checks.values() if c.first] == []
    assert report.exit_code == 0, report.as_dict()
    assert report["caps"].checked > 3
    assert report["meters"].checked == 6  # two meters of two lines, and their rows
    assert report["prices"].checked > 1


@pytest.mark.parametrize(
    "change", every(4, ["spent = spent - 1", "held = 1", "alerted = '{}'", "subject = 'x'"])
)
def test_a_changed_counter_of_a_cap_is_named(open_told: TestStore, change: str) -> None:
    open_told.tamper(f"UPDATE tally.cap_counters SET {change} WHERE cap = 'all' AND org = 'acme'")
    found = open_told.verify()["caps"].first
    assert found is not None
    assert "cap all" in str(found.place)


@pytest.mark.parametrize(
    "change",
    every(
        5, ["used = used - 1", "payer = 'x'", "provider = 'x'", "model = 'x'", "month = '2026-01'"]
    ),
)
def test_a_changed_counter_of_a_meter_is_named(open_told: TestStore, change: str) -> None:
    open_told.tamper(f"UPDATE tally.meter_counters SET {change} WHERE meter = 'seconds'")
    found = open_told.verify()["meters"].first
    assert found is not None
    assert "meter seconds of" in str(found.place)


def test_a_counter_that_is_gone_is_named(open_told: TestStore) -> None:
    open_told.tamper("DELETE FROM tally.meter_counters WHERE payer = ''")
    found = open_told.verify()["meters"].first
    assert found is not None
    assert str(found.place) == "pooled · meter images of t for all wallets in 2026-02"


@pytest.mark.parametrize(
    ("lie", "kinds"),
    [
        ('"seconds":0,"images":1', {"prices", "meters"}),
        ('"seconds":700,"images":0', {"meters"}),
        ('"seconds":700', {"prices", "meters"}),
    ],
    ids=["what it costs", "what it does not change", "left out"],
)
def test_a_line_that_lies_about_what_was_used_before_is_named(
    open_told: TestStore, lie: str, kinds: set[str]
) -> None:
    """A thousand of each are free: after 700 seconds 700 more cost, and after none they would not;
    an image costs nothing either way, but what the lines before have used tells."""
    ((sequence,),) = open_told.rows(
        "SELECT sequence FROM tally.events WHERE org = 'pooled' "
        "AND convert_from(body, 'UTF8') LIKE '%%\"monthly 1\"%%'"
    )
    open_told.tamper(
        "UPDATE tally.events SET body = convert_to(replace(convert_from(body, 'UTF8'), "
        f"'\"seconds\":700,\"images\":1}}}}', '{lie}}}}}'), 'UTF8') "
        f"WHERE org = 'pooled' AND sequence = {sequence}"
    )
    report = open_told.verify()
    assert {kind for kind in ("prices", "meters") if report[kind].wrong} == kinds
    for kind in kinds:
        found = report[kind].first
        assert found is not None
        assert (found.place.sequence, found.place.line) == (sequence, 1)


def test_a_line_that_does_not_cost_what_its_card_says_is_named(open_told: TestStore) -> None:
    ((sequence,),) = open_told.rows(
        "SELECT sequence FROM tally.events WHERE type = 'credits.HoldCaptured' "
        "AND convert_from(body, 'UTF8') LIKE '%%\"settled\"%%'"
    )
    open_told.tamper(
        "UPDATE tally.events SET body = convert_to(regexp_replace(convert_from(body, 'UTF8'), "
        "'\"images\":0', '\"images\":1'), 'UTF8') "
        f"WHERE org = 'acme' AND sequence = {sequence}"
    )
    found = open_told.verify()["prices"].first
    assert found is not None
    assert (found.place.org, found.place.sequence, found.place.line) == ("acme", sequence, 0)
    assert "by the card it pins" in found.detail
