"""Orgs that move between shards while commands come: nothing is lost, and nothing doubled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api import container
from api.commands.result import CommandResult
from api.writer.every_shard import EveryShard
from api.writer.group_commit import GroupCommit
from ledger.kernel.errors import Conflict, KeyReused, NotFound
from ledger.kernel.ids import PLATFORM
from ledger.kernel.shards import base_of, number_of, shard_of
from ledger.ports import OrgMoved, OutcomeUnknown, RecordedEvent
from tests.contracts.stores import PostgresStore, Store, clock_us
from tests.properties.piped import Piped
from tests.scenarios.commands import (
    ORG,
    USER,
    credits_of,
    deposit,
    move,
    publish,
    register,
    usage,
    use,
)
from tests.scenarios.commands import price as price_of

OTHER = "pooled"


def writer_of(store: Store, shard: int) -> GroupCommit:
    """The writer of a shard, a process of its own."""
    return GroupCommit(container.ledger(store.open()), clock_us, shard=shard)


@pytest.fixture
def platform(store: Store) -> GroupCommit:
    """The writer of the first shard, of a store with two orgs."""
    platform = writer_of(store, 1)
    assert all(
        isinstance(each, CommandResult) for each in platform.run([register(), register(OTHER)])
    )
    return platform


def chain_of(store: Store, org: str) -> list[RecordedEvent]:
    """The chain of an org, which must be whole."""
    chain = store.open().events_after(org, 0)
    assert [event.sequence for event in chain] == [*range(1, len(chain) + 1)]
    return chain


def shards_in(chain: list[RecordedEvent]) -> list[int]:
    return [shard_of(event.position) for event in chain]


def test_an_org_is_moved_by_one_event_of_the_platform(store: Store, platform: GroupCommit) -> None:
    before = len(chain_of(store, ORG))
    (moved,) = platform.run([move(ORG, 2)])
    assert isinstance(moved, CommandResult)
    assert chain_of(store, PLATFORM)[-1].type == "tenancy.OrgMoved"
    assert len(chain_of(store, ORG)) == before
    assert store.open().shards_of([ORG, OTHER]) == {ORG: 2, OTHER: 1}

    (done,) = writer_of(store, 2).run([deposit("1", key="d")])
    assert isinstance(done, CommandResult)
    assert shards_in(chain_of(store, ORG)) == [1] * before + [2, 2]  # a wallet, and its credit


def test_a_command_for_an_org_that_has_moved_says_where_and_harms_no_other(
    store: Store, platform: GroupCommit
) -> None:
    platform.run([move(ORG, 2)])
    commands = [deposit("1", key="a"), deposit("2", key="b", org=OTHER), deposit("3", key="c")]
    first, other, last = platform.run(commands)
    assert isinstance(other, CommandResult)
    for each in (first, last):
        assert isinstance(each, OrgMoved)
        assert (each.org, each.shard) == (ORG, 2)
    there = writer_of(store, 2).run([commands[0], commands[2]])
    assert [each.replayed for each in there if isinstance(each, CommandResult)] == [False, False]


def test_what_was_decided_before_a_move_is_told_after_it(
    store: Store, platform: GroupCommit
) -> None:
    """The writer holds the org's wallets in memory, and decides ahead on them."""
    slower = writer_of(store, 1)
    assert isinstance(slower.run([deposit("5", key="before")])[0], CommandResult)
    platform.run([move(ORG, 2)])
    outcomes: list[Any] = Piped(slower, lazy=False).run(
        [deposit("1", key="a"), deposit("1", key="b")]
    )
    assert [each.shard for each in outcomes] == [2, 2]


@pytest.mark.parametrize("together", [True, False])
def test_commands_around_a_move_in_one_group_are_done_once(
    store: Store, platform: GroupCommit, together: bool
) -> None:
    commands = [deposit("1", key="a"), move(ORG, 2), deposit("1", key="b")]
    runner = platform if together else Piped(platform, lazy=False)
    outcomes: list[Any] = runner.run(commands)
    everywhere = EveryShard(container.ledger(store.open()), clock_us)
    again: list[Any] = everywhere.run(commands)
    assert [type(each) for each in again] == [CommandResult] * 3
    for first, second in zip(outcomes, again, strict=True):
        if isinstance(first, CommandResult):
            assert second.replayed
            assert second.stored_fact.sequence == first.stored_fact.sequence
    assert len(chain_of(store, ORG)) == 4  # opened, the wallet, both deposits


def test_twins_of_a_move_have_one_effect(store: Store, platform: GroupCommit) -> None:
    first, twin = platform.run([move(ORG, 2), move(ORG, 2)])
    (elsewhere,) = writer_of(store, 1).run([move(ORG, 2)])
    found: list[Any] = [first, twin, elsewhere]
    assert [each.replayed for each in found] == [False, True, True]
    assert len({each.stored_fact.sequence for each in found}) == 1
    (reused,) = platform.run([move(ORG, 3, key=f"move {ORG} 2")])
    assert isinstance(reused, KeyReused)
    assert store.open().shards_of([ORG]) == {ORG: 2}


def test_a_move_that_moves_nothing_is_a_conflict(store: Store, platform: GroupCommit) -> None:
    before = len(chain_of(store, PLATFORM))
    here, unknown, of_all = platform.run([move(ORG, 1), move("nobody", 2), move(PLATFORM, 2)])
    assert isinstance(here, Conflict)
    assert (here.field, here.detail) == ("shard", f"the org {ORG} lives in shard 1 already.")
    assert isinstance(unknown, NotFound)
    assert isinstance(of_all, Conflict)
    assert of_all.field == "org"
    assert len(chain_of(store, PLATFORM)) == before


def test_an_org_is_registered_where_it_is_to_live(store: Store, platform: GroupCommit) -> None:
    command = register("elsewhere", shard=2)
    (first,) = platform.run([command])
    assert isinstance(first, CommandResult)
    assert store.open().shards_of(["elsewhere"]) == {"elsewhere": 2}
    writer_of(store, 2).run([deposit("1", key="d", org="elsewhere")])
    (again,) = writer_of(store, 1).run([command])
    assert isinstance(again, CommandResult)
    assert again.replayed
    assert shards_in(chain_of(store, "elsewhere")) == [1, 2, 2][: len(chain_of(store, "elsewhere"))]


def test_an_org_that_comes_back_is_known_as_it_is_by_then(
    store: Store, platform: GroupCommit
) -> None:
    """The first writer has kept what it knew, and another has written since."""
    platform.run([deposit("1", key="a")])
    platform.run([move(ORG, 2)])
    writer_of(store, 2).run([deposit("2", key="b"), usage([use("1", id="u")])])
    platform.run([move(ORG, 1)])
    found: list[Any] = platform.run([deposit("4", key="c"), deposit("2", key="b")])
    assert [each.replayed for each in found] == [False, True]
    (row,) = store.open().balance_rows([f"{ORG}/wallet/credit/{USER}"]).values()
    assert row.credits == credits_of("6")
    assert row.version == len([e for e in chain_of(store, ORG) if e.stream.startswith("wallet/")])


def test_prices_of_the_platform_hold_in_every_shard(store: Store, platform: GroupCommit) -> None:
    platform.run([publish([price_of("m", "images", "1", per=1)], key="card"), move(ORG, 2)])
    there = writer_of(store, 2)
    priced = usage([use(id="one", model="m", quantities={"images": 1})])
    first: Any
    second: Any
    (first,) = there.run([priced])
    platform.run([publish([price_of("m", "images", "2", per=1)], key="dearer")])
    (second,) = there.run([usage([use(id="two", model="m", quantities={"images": 1})])])
    amounts = [each[0].stored_fact.fact.lines[0].amount for each in (first, second)]
    assert amounts[1] == 2 * amounts[0]


def test_an_answer_lost_while_an_org_moves_is_found_again(store: Store) -> None:
    class Losing:
        """A store of which the answer to a commit is lost, after it or before."""

        def __init__(self, applied: bool) -> None:
            self._store, self._lost, self._applied = store.open(), False, applied

        def __getattr__(self, name: str) -> Any:
            return getattr(self._store, name)

        def insert_events(self, stored: Any, *, batch: Any) -> Any:
            if self._lost or "placements" not in batch.rows:
                return self._store.insert_events(stored, batch=batch)
            self._lost = True
            if self._applied:
                self._store.insert_events(stored, batch=batch)
            raise OutcomeUnknown("the connection was lost while committing.")

    writer_of(store, 1).run([register()])
    for shard, applied in ((2, True), (3, False)):
        losing: Any = Losing(applied)
        process = GroupCommit(container.ledger(losing), clock_us)
        (outcome,) = process.run([move(ORG, shard)])
        assert isinstance(outcome, CommandResult)
        assert store.open().shards_of([ORG]) == {ORG: shard}
        (again,) = writer_of(store, 1).run([move(ORG, shard)])
        assert isinstance(again, CommandResult)
        assert again.replayed
    moves = [e for e in chain_of(store, PLATFORM) if e.type == "tenancy.OrgMoved"]
    assert len(moves) == 2


def test_an_org_is_moved_while_its_commits_are_in_flight(
    store: Store, platform: GroupCommit
) -> None:
    """Three threads commit to it, and a fourth moves it; every command is done just once."""
    runs = 12 if isinstance(store, PostgresStore) else 40

    def pay(who: int) -> list[Any]:
        process = EveryShard(container.ledger(store.open()), clock_us)
        return [process.run([deposit("1", key=f"{who} {n}")])[0] for n in range(runs)]

    def move_about() -> list[Any]:
        process = writer_of(store, 1)
        return [process.run([move(ORG, 2 + n % 3, key=f"move {n}")])[0] for n in range(runs)]

    with ThreadPoolExecutor(4) as pool:
        payers = [pool.submit(pay, who) for who in range(3)]
        moves = pool.submit(move_about).result(timeout=120)
        outcomes = [each for payer in payers for each in payer.result(timeout=120)]
    everywhere = EveryShard(container.ledger(store.open()), clock_us)
    outcomes = [
        everywhere.run([deposit("1", key=f"{n // runs} {n % runs}")])[0]
        if isinstance(each, OrgMoved)
        else each
        for n, each in enumerate(outcomes)
    ]
    assert {type(each) for each in (*outcomes, *moves)} == {CommandResult}
    chain = chain_of(store, ORG)
    assert len([event for event in chain if event.idempotency_key]) == 3 * runs
    for shard in (1, 2, 3, 4):
        page = store.open().select_positions(base_of(shard), 10_000)
        assert [number_of(event.position) for event in page] == [*range(1, len(page) + 1)]
