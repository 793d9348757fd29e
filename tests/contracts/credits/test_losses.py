"""What every event store promises about what is reversed, and about what lots have lost."""

from __future__ import annotations

import pytest

from ledger.credits.ports import LotLossRow, LotName, ReversedRow
from ledger.ports import RaceLost
from tests.contracts.stores import AnyJournal, Store, append_to, entry


@pytest.fixture
def event_store(store: Store) -> AnyJournal:
    return store.open()


def lost(*amounts: int, sequence: int = 1, owner: str = "ada", lot: str = "2-0") -> LotLossRow:
    expired, withdrawn, sent, owed = amounts
    return LotLossRow("a", owner, "credit", lot, expired, withdrawn, sent, owed, sequence)


def test_what_is_reversed_is_added_up(event_store: AnyJournal) -> None:
    append_to(
        event_store,
        [entry("a", "s")],
        reversals=[ReversedRow("a", "1-0", 3, 1), ReversedRow("a", "1-1", 4, 1)],
    )
    append_to(event_store, [entry("a", "s", 2)], reversals=[ReversedRow("a", "1-0", 5, 2)])
    assert event_store.reversed_rows("a", ["1-0"]) == [ReversedRow("a", "1-0", 8, 2)]
    assert event_store.reversed_rows("a", ["9-0"]) == event_store.reversed_rows("b", ["1-0"]) == []


def test_what_lots_lose_is_added_up(event_store: AnyJournal) -> None:
    others = [lost(9, 9, 9, 9, owner="bo"), lost(8, 8, 8, 8, lot="3-0")]
    append_to(event_store, [entry("a", "s")], losses=[lost(1, 2, 3, 4), *others])
    append_to(event_store, [entry("a", "s", 2)], losses=[lost(10, 20, -3, -4, sequence=2)])
    name = LotName("a", "ada", "credit", "2-0")
    assert event_store.loss_rows([name]) == [lost(11, 22, 0, 0, sequence=2)]
    assert event_store.loss_rows([name._replace(asset="usd")]) == []


def test_what_a_lost_race_takes_is_not_written(store: Store) -> None:
    faster, slower = store.open(), store.open()
    append_to(faster, [entry("a", "s")], reversals=[ReversedRow("a", "1-0", 3, 1)])
    with pytest.raises(RaceLost):
        append_to(slower, [entry("a", "s", 1)], reversals=[ReversedRow("a", "1-0", 9, 1)])
    assert slower.reversed_rows("a", ["1-0"]) == [ReversedRow("a", "1-0", 3, 1)]
