"""What every event store promises of shards: positions of their own, and orgs that live in one."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.ids import PLATFORM
from ledger.kernel.shards import SHARDS_MAX, base_of
from ledger.ports import Batch, RecordedEvent, WrongShard
from tests.contracts.stores import AnyJournal, Store, append_to, batch_of, entry, place

LAST = SHARDS_MAX


@pytest.fixture
def event_store(store: Store) -> AnyJournal:
    return store.open()


def positions(event_store: AnyJournal, shard: int) -> list[int]:
    """The positions of a shard, from 1."""
    page = event_store.select_positions(base_of(shard), 1000)
    return [event.position - base_of(shard) for event in page]


def test_an_org_lives_in_the_first_shard_until_it_is_moved(event_store: AnyJournal) -> None:
    assert event_store.shards_of(["a", PLATFORM]) == {"a": 1, PLATFORM: 1}
    append_to(event_store, [entry("a", "s")])
    place(event_store, "a", 2)
    assert event_store.shards_of(["a", "b", PLATFORM]) == {"a": 2, "b": 1, PLATFORM: 1}
    place(event_store, "a", 1)
    assert event_store.shards_of(["a"]) == {"a": 1}


@pytest.mark.parametrize("shards", [(1, 2), (2, LAST), (1, 2, 3, 4, 5)])
def test_positions_of_each_shard_are_gap_free_whatever_the_others_do(
    event_store: AnyJournal, shards: tuple[int, ...]
) -> None:
    for shard in shards:
        append_to(event_store, [entry(f"org-{shard}", "s")])
        if shard > 1:
            place(event_store, f"org-{shard}", shard)
    before = {shard: len(positions(event_store, shard)) for shard in shards}
    for version in range(2, 6):
        for shard in shards:
            entries = [entry(f"org-{shard}", "s", version), entry(f"org-{shard}", f"t{version}")]
            append_to(event_store, entries, shard=shard)
    for shard in shards:
        found = positions(event_store, shard)
        assert found == list(range(1, before[shard] + 9))


def test_the_chain_of_an_org_goes_on_where_it_moves_to(event_store: AnyJournal) -> None:
    for version, shard in enumerate((1, 2, 3, 2, 1), 1):
        if version > 1:
            place(event_store, "a", shard)
        append_to(event_store, [entry("a", "s", version)], shard=shard)
    chain = event_store.events_after("a", 0)
    assert [event.sequence for event in chain] == [1, 2, 3, 4, 5]
    assert [event.version for event in chain] == [1, 2, 3, 4, 5]
    assert [event.position for event in chain[1:4]] == [
        base_of(2) + 1,
        base_of(3) + 1,
        base_of(2) + 2,
    ]
    assert event_store.events_at([("a", 3)])["a", 3] == chain[2]


def test_a_page_is_of_the_shard_that_its_position_says(event_store: AnyJournal) -> None:
    append_to(event_store, [entry("a", "s"), entry("b", "s")])
    place(event_store, "b", 2)
    append_to(event_store, [entry("b", "s", n) for n in (2, 3, 4)], shard=2)

    def page(after: int, limit: int = 9, **rest: Any) -> list[int]:
        return [event.position for event in event_store.select_positions(after, limit, **rest)]

    base = base_of(2)
    assert page(0) == [1, 2, 3]
    assert page(0, stop=base + 9) == [1, 2, 3]
    assert page(3) == []
    assert page(base) == [base + 1, base + 2, base + 3]
    assert page(base + 1, limit=1) == [base + 2]
    assert page(base, stop=base + 2) == [base + 1, base + 2]
    assert page(base_of(3)) == []
    assert event_store.max_notification_id() == base + 3


def _everything(event_store: AnyJournal) -> tuple[list[list[RecordedEvent]], object]:
    pages = [event_store.select_positions(base_of(shard), 100) for shard in (1, 2)]
    return pages, event_store.look_up(["a", "b"], [])


@pytest.mark.parametrize("shard", [1, 2, 3])
def test_a_batch_for_an_org_that_lives_elsewhere_is_refused_whole(
    event_store: AnyJournal, shard: int
) -> None:
    append_to(event_store, [entry("a", "s"), entry("b", "s")])
    place(event_store, "a", 2)
    before = _everything(event_store)
    with pytest.raises(WrongShard):
        append_to(event_store, [entry("b", "s", 2), entry("a", "s", 2)], shard=shard)
    assert _everything(event_store) == before
    append_to(event_store, [entry("b", "s", 2)])
    append_to(event_store, [entry("a", "s", 2)], shard=2)
    assert positions(event_store, 2) == [1]


def test_an_org_that_is_new_begins_in_the_first_shard(event_store: AnyJournal) -> None:
    with pytest.raises(WrongShard):
        append_to(event_store, [entry("a", "s")], shard=2)
    assert event_store.look_up(["a"], [])[0] == {}


def test_an_org_can_be_placed_by_the_batch_that_begins_it(event_store: AnyJournal) -> None:
    place(event_store, "a", 2, more=[entry("a", "s")])
    assert event_store.shards_of(["a"]) == {"a": 2}
    append_to(event_store, [entry("a", "s", 2)], shard=2)
    assert [event.position for event in event_store.events_after("a", 0)] == [1, base_of(2) + 1]


def test_a_batch_decided_before_a_move_is_refused_after_it(store: Store) -> None:
    mover, slower = store.open(), store.open()
    append_to(mover, [entry("a", "s")])
    stale: Batch = batch_of(slower.look_up(["a"], [])[0], [entry("a", "s", 2)])
    place(mover, "a", 2)
    with pytest.raises(WrongShard):
        slower.append(stale)
    assert not slower.is_committed(stale)
    stale.shard = 2  # its head is where it was: only the place has changed
    assert slower.append(stale) == base_of(2) + 1
    assert mover.is_committed(stale)


def test_what_was_decided_on_the_head_of_an_org_elsewhere_is_still_true(
    event_store: AnyJournal,
) -> None:
    seen = dict(append_to(event_store, [entry("a", "s"), entry("b", "s")]).heads_after)
    place(event_store, "b", 2)
    append_to(event_store, [entry("b", "s", 2)], shard=2, heads_seen={"a": seen["a"]})
    assert positions(event_store, 2) == [1]
