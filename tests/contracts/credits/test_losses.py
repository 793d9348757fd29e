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


def losing(*rows: LotLossRow) -> dict[str, list[dict[str, object]]]:
    return {"lot_losses": [row._asdict() for row in rows]}


def reversed_by(amount: int, original: str, sequence: int = 1) -> dict[str, object]:
    return ReversedRow("a", original, amount, sequence)._asdict()


def test_what_is_reversed_is_added_up(event_store: AnyJournal) -> None:
    append_to(
        event_store,
        [entry("a", "s")],
        rows={"reversals": [reversed_by(3, "1-0"), reversed_by(4, "1-1"), reversed_by(2, "1-1")]},
    )
    append_to(event_store, [entry("a", "s", 2)], rows={"reversals": [reversed_by(5, "1-0", 2)]})
    assert event_store.reversed_rows("a", ["1-0"]) == [ReversedRow("a", "1-0", 8, 2)]
    assert event_store.reversed_rows("a", ["1-1"]) == [ReversedRow("a", "1-1", 6, 1)]
    assert event_store.reversed_rows("a", ["9-0"]) == event_store.reversed_rows("b", ["1-0"]) == []


def test_what_lots_lose_is_added_up(event_store: AnyJournal) -> None:
    others = [lost(9, 9, 9, 9, owner="bo"), lost(8, 8, 8, 8, lot="3-0")]
    append_to(event_store, [entry("a", "s")], rows=losing(lost(1, 2, 3, 4), *others))
    later = lost(10, 20, -3, -4, sequence=2)
    append_to(event_store, [entry("a", "s", 2)], rows=losing(later))
    name = LotName("a", "ada", "credit", "2-0")
    assert event_store.loss_rows([name]) == [lost(11, 22, 0, 0, sequence=2)]
    assert event_store.loss_rows([name._replace(asset="usd")]) == []


def test_what_a_lost_race_takes_is_not_written(store: Store) -> None:
    faster, slower = store.open(), store.open()
    append_to(faster, [entry("a", "s")], rows={"reversals": [reversed_by(3, "1-0")]})
    with pytest.raises(RaceLost):
        append_to(slower, [entry("a", "s", 1)], rows={"reversals": [reversed_by(9, "1-0")]})
    assert slower.reversed_rows("a", ["1-0"]) == [ReversedRow("a", "1-0", 3, 1)]
