"""What every event store promises about the counters of what was used of a meter in a month."""

from __future__ import annotations

import pytest

from ledger.credits.caps import CounterKey
from ledger.credits.ports import CounterRow
from ledger.ports import RaceLost
from ledger.rating.months import ORG_WIDE, MeterKey
from ledger.rating.ports import MeterRow
from tests.contracts.stores import AnyJournal, Store, append_to, entry


@pytest.fixture
def event_store(store: Store) -> AnyJournal:
    return store.open()


def row(
    used: int,
    *,
    org: str = "a",
    payer: str = "ada",
    provider: str = "",
    model: str = "m",
    meter: str = "input_tokens",
    month: str = "2026-02",
) -> MeterRow:
    return MeterRow(org, payer, provider, model, meter, month, used)


def key_of(counted: MeterRow) -> MeterKey:
    return MeterKey(*counted[:6])


def test_a_counter_is_found_by_its_whole_key(event_store: AnyJournal) -> None:
    rows = [
        row(1),
        row(2, org="b"),
        row(3, payer=ORG_WIDE),
        row(4, provider="z\u00fcri"),
        row(5, model="m-2"),
        row(6, meter="output_tokens"),
        row(2**63 - 1, month="2026-03"),
    ]
    append_to(event_store, [entry("a", "s"), entry("b", "s")], meters=rows)
    assert event_store.meters_used(map(key_of, rows)) == {key_of(each): each.used for each in rows}
    assert (
        event_store.meters_used([key_of(row(0, payer="bo")), key_of(row(0, month="2027-02"))]) == {}
    )
    assert event_store.meters_used([]) == {}


def test_a_counter_holds_what_was_counted_last(event_store: AnyJournal) -> None:
    append_to(event_store, [entry("a", "s")], meters=[row(1), row(7, payer="bo")])
    append_to(event_store, [entry("a", "s", 2)], meters=[row(4)])
    keys = [key_of(row(0)), key_of(row(0, payer="bo"))]
    assert event_store.meters_used(keys) == dict(zip(keys, (4, 7), strict=True))


def test_caps_and_meters_of_one_commit_are_both_counted(event_store: AnyJournal) -> None:
    cap = CounterRow("a", "c", "", 0, 5, 2, "{}")
    append_to(event_store, [entry("a", "s")], counters=[cap], meters=[row(3)])
    assert event_store.counter_rows([CounterKey(*cap[:4])]) == [cap]
    assert event_store.meters_used([key_of(row(0))]) == {key_of(row(0)): 3}


def test_what_a_lost_race_has_counted_is_not_written(store: Store) -> None:
    faster, slower = store.open(), store.open()
    append_to(faster, [entry("a", "s")], meters=[row(1)])
    with pytest.raises(RaceLost):
        append_to(slower, [entry("a", "s", 1)], meters=[row(9)])
    assert slower.meters_used([key_of(row(0))]) == {key_of(row(0)): 1}
