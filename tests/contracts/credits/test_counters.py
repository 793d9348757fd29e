"""What every event store promises about the counters of spend caps and the keys of holds."""

from __future__ import annotations

import pytest

from ledger.credits.caps import CounterKey
from ledger.credits.holds import HOLDS
from ledger.credits.ports import CounterRow
from ledger.credits.usage import LINES
from ledger.kernel.keys import Key, KeyRow
from ledger.ports import RaceLost
from tests.contracts.stores import AnyJournal, Store, append_to, entry

DAY = 86_400_000_000


@pytest.fixture
def event_store(store: Store) -> AnyJournal:
    return store.open()


def row(
    spent: int, *, org: str = "a", cap: str = "c", subject: str = "", day: int = 0
) -> CounterRow:
    return CounterRow(org, cap, subject, day * DAY, spent, spent // 2, '{"100":50}')


def key_of(counter: CounterRow) -> CounterKey:
    return CounterKey(*counter[:4])


def test_counters_are_found_by_the_whole_key(event_store: AnyJournal) -> None:
    rows = [
        row(1),
        row(2, day=1),
        row(3, subject='["ada","\u00fc"]'),
        row(2**63 - 1, cap="d"),
        row(5, org="b"),
    ]
    append_to(event_store, [entry("a", "s"), entry("b", "s")], counters=rows)
    assert set(event_store.counter_rows(map(key_of, rows))) == set(rows)
    unknown = [
        CounterKey("a", "c", "x", 0),
        CounterKey("c", "c", "", 0),
        CounterKey("a", "c", "", 1),
    ]
    assert event_store.counter_rows(unknown) == []
    assert event_store.counter_rows([]) == []


def test_a_counter_is_replaced_whole(event_store: AnyJournal) -> None:
    append_to(event_store, [entry("a", "s")], counters=[row(1), row(9, day=1)])
    append_to(event_store, [entry("a", "s", 2)], counters=[row(4)._replace(alerted="{}")])
    (found,) = event_store.counter_rows([key_of(row(4))])
    assert (found.spent, found.held, found.alerted) == (4, 2, "{}")
    assert event_store.counter_rows([key_of(row(9, day=1))]) == [row(9, day=1)]


def test_counters_of_a_lost_race_are_not_written(store: Store) -> None:
    faster, slower = store.open(), store.open()
    append_to(faster, [entry("a", "s")], counters=[row(1)])
    with pytest.raises(RaceLost):
        append_to(slower, [entry("a", "s", 1)], counters=[row(7)])
    assert slower.counter_rows([key_of(row(1))]) == [row(1)]


def test_a_hold_is_found_from_its_id_alone(event_store: AnyJournal) -> None:
    hold = KeyRow(Key("a", HOLDS, "h"), 1, 0, "print")
    append_to(
        event_store, [entry("a", "s")], keys=[hold, KeyRow(Key("a", LINES, "h"), 1, 0, "line")]
    )
    _, found = event_store.look_up([], [hold.key, Key("b", HOLDS, "h"), Key("a", HOLDS, "i")])
    assert found == {hold.key: hold}
