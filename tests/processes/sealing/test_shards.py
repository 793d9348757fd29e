"""Shards: every event is sealed in whichever it stands; a tree is its org's and knows none."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator

import psycopg
import pytest

from adapters.postgres import sealing
from api.container import clock_us
from api.sealing.shard_follower import ShardUnread
from api.sealing.witness_delivery import Delivery
from ledger.kernel.ids import PLATFORM
from ledger.kernel.shards import base_of
from ledger.proof.checkpoint import open_checkpoint, origin_of
from tests.processes.jobs.store import wait_for
from tests.processes.sealing.store import NAME, SealedStore, run_in_thread


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PAGE_EVENTS", 5)


@pytest.fixture
def sharded(store: SealedStore) -> SealedStore:
    """`one` lives in shard 1, `two` in shard 2; each has been sealed twice."""
    store.append(*["one", "two"] * 3)
    store.move(2, "two")
    for _ in range(2):
        store.append(*["one"] * 7)
        store.append(*["two"] * 12, shard=2)
        store.seal()
    return store


@pytest.fixture
def locked(sharded: SealedStore) -> Iterator[psycopg.Connection]:
    """Somebody who lets nobody read the second shard, until his transaction ends."""
    with psycopg.connect(sharded.owner) as connection:
        connection.execute("LOCK TABLE tally.events_2_000000 IN ACCESS EXCLUSIVE MODE")
        yield connection


def test_the_events_of_every_shard_are_in_the_trees_of_their_orgs(sharded: SealedStore) -> None:
    sharded.check("one", "two", PLATFORM)
    positions = sharded.rows("SELECT shard, position FROM tally.projections WHERE name = 'sealer'")
    assert sorted(positions) == sharded.rows("SELECT id, position FROM tally.shard ORDER BY id")
    assert len(positions) == 2


def test_a_store_of_31_shards_is_sealed_to_its_last_event(store: SealedStore) -> None:
    orgs = [f"org-{shard}" for shard in range(1, 32)]
    store.append(*orgs)
    for shard, org in enumerate(orgs, 1):
        store.move(shard, org)
        store.append(org, org, shard=shard)
    store.seal()
    store.check(*orgs, PLATFORM)


@pytest.mark.parametrize("way", [(1, 2), (2, 1), (2, 1, 2, 3, 1), (3, 2, 1)])
@pytest.mark.parametrize("sealed_between", [True, False])
def test_an_org_that_moves_has_one_tree_over_all_shards(
    store: SealedStore, way: tuple[int, ...], *, sealed_between: bool
) -> None:
    store.append("a", "b")
    for shard in way:
        store.move(shard, "a")
        store.append(*["a"] * 8, shard=shard)
        if sealed_between:
            store.seal()
    store.seal()
    store.check("a", "b", PLATFORM)
    assert not store.refused()


def test_a_shard_that_appears_while_the_sealer_runs_is_followed(store: SealedStore) -> None:
    stop = threading.Event()
    store.append("a", "b")
    thread = run_in_thread(store.sealer(sign_every_s=0), stop)
    wait_for(lambda: bool(store.checkpoints("a")))
    store.move(2, "b")
    store.append(*["b"] * 7, shard=2)
    wait_for(lambda: store.checkpoints("b")[-1].size == 8)
    stop.set()
    thread.join(60)
    store.check("a", "b", PLATFORM)


@pytest.mark.parametrize("position", ["position + 1000", "(shard - 1)::bigint << 48", "0"])
def test_a_shard_set_back_or_forward_is_sealed_again_from_what_is_stored(
    sharded: SealedStore, caplog: pytest.LogCaptureFixture, position: str
) -> None:
    sharded.append("two", "two", shard=2)
    moved = f"UPDATE tally.projections SET position = {position} WHERE name = 'sealer'"
    if position == "0":
        sharded.tamper("DELETE FROM tally.projections WHERE name = 'sealer' AND shard = 1")
    sharded.tamper(f"{moved} AND shard = 2")
    with caplog.at_level(logging.ERROR):
        sharded.seal()
    sharded.append("one")
    sharded.append("two", shard=2)
    sharded.seal()
    sharded.check("one", "two")
    assert ("set to position" in caplog.text) == ("1000" in position)


def test_a_shard_that_cannot_be_read_keeps_no_other_waiting(
    sharded: SealedStore, locked: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "WAIT", "20ms")
    sealer = sharded.sealer()
    with pytest.raises(ShardUnread, match="shard 2 is not sealed now"):
        sealer.catch_up()
    locked.rollback()
    sharded.append("two", shard=2)
    locked.execute("LOCK TABLE tally.events_2_000000 IN ACCESS EXCLUSIVE MODE")
    with psycopg.connect(sharded.owner) as owner:
        owner.execute("UPDATE tally.trees SET refused = 'another process' WHERE org = 'one'")
    with pytest.raises(ShardUnread, match="shard 2 is not sealed now"):
        sealer.catch_up()
    assert not sharded.refused()
    assert sharded.checkpoints("two")[-1].size == 27
    locked.rollback()
    assert sealer.catch_up()
    sharded.check("one", "two")


# -- what is refused -------------------------------------------------------------------------


def refused_alone(store: SealedStore, org: str, why: str) -> None:
    """An org is refused for that reason, and the others are sealed further."""
    store.seal()
    assert list(store.refused()) == [org]
    assert why in store.refused()[org]
    store.check(*({"one", "two"} - {org}))


def test_a_changed_event_of_the_second_shard_is_not_signed(sharded: SealedStore) -> None:
    sharded.append("one")
    sharded.append("two", "two", shard=2)
    sharded.tamper("UPDATE tally.events SET actor = '{}' WHERE org = 'two' AND sequence = 28")
    refused_alone(sharded, "two", "event 28 of two is not what was recorded")


def test_an_event_removed_where_an_org_left_a_shard_is_missed(sharded: SealedStore) -> None:
    sharded.append("two", shard=2)
    sharded.move(1, "two")
    sharded.append("one", "two", "two")
    sharded.tamper("DELETE FROM tally.events WHERE org = 'two' AND sequence = 28")
    refused_alone(sharded, "two", "event 28 of two is not there")


def test_a_second_shard_that_was_rolled_back_is_not_signed(sharded: SealedStore) -> None:
    """An old copy of the shard, of what lives in it and of what is kept of sealing it, and other
    events since: what was signed is longer."""
    first = base_of(2)
    sharded.tamper(
        f"DELETE FROM tally.events WHERE position > {first} + 12",
        f"UPDATE tally.shard SET position = {first} + 12 WHERE id = 2",
        f"UPDATE tally.projections SET position = {first} + 12 WHERE name = 'sealer' AND shard = 2",
        "UPDATE tally.tiles SET hashes = substr(hashes, 1, 15 * 32) WHERE org = 'two'",
        *(
            f"UPDATE tally.{table} t SET {end} = 15, hash = e.hash FROM tally.events e "
            "WHERE t.org = 'two' AND e.org = 'two' AND e.sequence = 15"
            for table, end in (("trees", "size"), ("heads", "sequence"))
        ),
    )
    sharded.append("one")
    sharded.append("two", shard=2)
    refused_alone(sharded, "two", "ends at 15, 27 were signed")


def test_trees_of_two_shards_that_were_swapped_are_refused_both(sharded: SealedStore) -> None:
    sharded.tamper(
        *(
            f"UPDATE tally.{table} SET org = '{new}' WHERE org = '{old}'"
            for table in ("tiles", "trees")
            for old, new in (("one", "x"), ("two", "one"), ("x", "two"))
        )
    )
    sharded.append("one")
    sharded.append("two", shard=2)
    sharded.seal()
    assert sorted(sharded.refused()) == ["one", "two"]


def test_a_checkpoint_of_the_second_shard_is_none_of_the_first(sharded: SealedStore) -> None:
    sharded.tamper(
        "DELETE FROM tally.checkpoints WHERE org = 'one'",
        "UPDATE tally.checkpoints SET org = 'one' WHERE org = 'two'",
    )
    sharded.append("one")
    sharded.append("two", shard=2)
    sharded.seal()
    assert "does not verify" in sharded.refused()["one"]
    assert "checkpoint of size 27 of two is gone" in sharded.refused()["two"]


def test_witnesses_get_the_checkpoints_of_every_shard(sharded: SealedStore) -> None:
    folder = sharded.folder / "witness"
    witnesses = sharded.witnesses()
    witnesses.configure([str(folder)])
    delivery = Delivery(str(folder), witnesses, clock_us)
    assert delivery.deliver()
    sharded.append("two", shard=2)
    sharded.seal()
    assert delivery.deliver()
    delivery.close()
    files = [each.read_text().splitlines() for each in sorted(folder.iterdir())]
    verifiers = sharded.keys.ring().verifiers
    sizes = [
        {
            line["org"]: open_checkpoint(line["note"], verifiers, origin_of(NAME, line["org"])).size
            for line in map(json.loads, lines)
        }
        for lines in files
    ]
    assert sizes == [{"one": 17, "two": 27, PLATFORM: 1}, {"two": 28}]
