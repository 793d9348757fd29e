"""What every store promises of leases: one holder at a time, and nothing written by any before."""

from __future__ import annotations

import pytest

from ledger.kernel.leases import Lease, Peer
from ledger.ports import Batch, LeaseLost, Leases, RaceLost
from tests.contracts.stores import Store, append_to, batch_of, entry, place

ONE, TWO, THREE = (Peer("127.0.0.1", port, bytes([port]) * 32) for port in (1, 2, 3))


def hold(lease: Leases, peer: Peer, lost: int = 0) -> Lease:
    held = lease.hold(peer, lost)
    assert held.epoch >= 1
    return held


def test_the_first_who_asks_holds_it_and_keeps_it_while_it_renews(store: Store) -> None:
    one, two = store.leases("one"), store.leases("two")
    held = hold(one, ONE)
    assert (held.service, held.peer) == ("one", ONE)
    for _ in range(3):
        assert two.hold(TWO, 0) == held
        assert one.hold(ONE, 0) == held


def test_a_commit_under_a_lease_that_is_over_writes_nothing(store: Store) -> None:
    events, one, two = store.open(), store.leases("one"), store.leases("two")
    old = hold(one, ONE).epoch
    append_to(events, [entry("a", "s")], epoch=old)
    stale: Batch = batch_of(events.look_up(["a"], [])[0], [entry("a", "s", 2)], epoch=old)
    store.lapse()
    new = hold(two, TWO).epoch
    assert new > old
    with pytest.raises(LeaseLost):
        events.append(stale)
    assert not events.is_committed(stale)
    assert [event.sequence for event in events.events_after("a", 0)] == [1]
    stale.epoch = new
    events.append(stale)
    assert events.is_committed(stale)


def test_who_lost_a_race_to_the_next_holder_learns_that_the_lease_is_over(store: Store) -> None:
    events, one, two = store.open(), store.leases("one"), store.leases("two")
    old = hold(one, ONE).epoch
    append_to(events, [entry("a", "s")], epoch=old)
    stale = batch_of(events.look_up(["a"], [])[0], [entry("a", "s", 2)], epoch=old)
    store.lapse()
    append_to(events, [entry("a", "s", 2)], epoch=hold(two, TWO).epoch)
    with pytest.raises(LeaseLost):
        events.append(stale)


def test_heads_are_compared_whoever_holds_the_lease(store: Store) -> None:
    """Also those of who decides under none, as the scheduler does."""
    events = store.open()
    epoch = hold(store.leases("one"), ONE).epoch
    append_to(events, [entry("a", "s")], epoch=epoch)
    late = batch_of(events.look_up(["a"], [])[0], [entry("a", "s", 2)], epoch=epoch)
    append_to(events, [entry("a", "s", 2)])
    with pytest.raises(RaceLost):
        events.append(late)


def test_shards_have_epochs_of_their_own(store: Store) -> None:
    events = store.open()
    append_to(events, [entry("a", "s"), entry("b", "s")])
    place(events, "b", 2)
    hold(store.leases("one", 1), ONE)
    hold(store.leases("one", 2), TWO)
    store.lapse()
    now = hold(store.leases("two", 2), THREE).epoch
    append_to(events, [entry("a", "s", 2)], epoch=1)
    append_to(events, [entry("b", "s", 2)], shard=2, epoch=now)
    with pytest.raises(LeaseLost):
        append_to(events, [entry("b", "s", 3)], shard=2, epoch=now - 1)


def test_it_is_taken_at_once_from_who_has_died_or_let_it_go(store: Store) -> None:
    one, two, three = (store.leases(name) for name in ("one", "two", "three"))
    hold(one, ONE)
    one.close()
    assert hold(two, TWO).peer == TWO
    two.release(TWO)
    assert hold(three, THREE).peer == THREE
    assert hold(two, TWO).peer == THREE


def test_who_comes_back_after_it_lapsed_holds_it_if_nobody_has_taken_it(store: Store) -> None:
    one = store.leases("one")
    held = hold(one, ONE)
    store.lapse()
    assert one.hold(ONE, 0) == held
    one.close()
    assert one.hold(ONE, 0) == held  # over a new connection, which others see live
    assert store.leases("two").hold(TWO, 0) == held


def test_leases_are_shared_out_and_a_newcomer_gets_one_after_the_other(store: Store) -> None:
    shards = range(1, 6)
    one = {shard: store.leases("one", shard) for shard in shards}
    two = {shard: store.leases("two", shard) for shard in shards}

    def peers(port: int, shard: int) -> Peer:
        return Peer("127.0.0.1", port, bytes([port, shard]) * 16)

    for shard in shards:
        hold(one[shard], peers(1, shard))
    holders = {s: hold(two[s], peers(2, s)).service for s in shards}
    assert sorted(holders.values()) == ["one", "one", "one", "two", "two"]
    for _ in range(3):  # and there it stays
        for shard in shards:
            assert hold(one[shard], peers(1, shard)).service == holders[shard]
            assert hold(two[shard], peers(2, shard)).service == holders[shard]


def test_races_are_counted_only_under_the_lease(store: Store) -> None:
    one, two = store.leases("one"), store.leases("two")
    hold(one, ONE)
    one.hold(ONE, 2)
    two.hold(TWO, 5)
    one.hold(ONE, 1)
    assert store.races_lost() == 3
