"""Any orgs, moved between any shards in any order while credit comes: held to a small model."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.memory.event_store import MemoryEventStore
from api import container
from api.commands.result import CommandResult
from api.writer.every_shard import EveryShard
from api.writer.group_commit import GroupCommit
from ledger.kernel.errors import Conflict
from ledger.kernel.shards import base_of, number_of, shard_of
from ledger.ports import OrgMoved, RecordedEvent
from tests.properties.piped import Piped
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import USER, credits_of, deposit, move, register

ORGS = ("ash", "elm", "oak")
SHARDS_TRIED = 5

Action = tuple[str, int, int]
"""Pay (the org, a key), send again (any), or move (the org, the shard); by which writer is drawn,
too."""


class World:
    """A writer of each shard on one store, and what must be true of it."""

    def __init__(self, shards: int, ahead: bool) -> None:
        self.store = MemoryEventStore(StandingClock())
        self.shards = shards
        self._ahead = ahead
        self._writers = {shard: self._writer(shard) for shard in range(1, shards + 1)}
        self.places = dict.fromkeys(ORGS, 1)
        self.paid: dict[str, set[str]] = {org: set() for org in ORGS}
        self.moves = 0
        for org in ORGS:
            assert isinstance(self._ask(1, register(org)), CommandResult)

    def pay(self, writer: int, org: str, key: str) -> None:
        """Ask a writer, which says where if it is not the right one, and the same of the right."""
        command = deposit("1", key=key, org=org)
        known = key in self.paid[org]
        outcome = self._ask(writer, command)
        if isinstance(outcome, OrgMoved):
            assert writer != self.places[org]
            assert (outcome.org, outcome.shard) == (org, self.places[org])
            outcome = self._ask(outcome.shard, command)
        else:
            assert known or writer == self.places[org]
        assert isinstance(outcome, CommandResult)
        assert outcome.replayed == known
        self.paid[org].add(key)

    def move(self, org: str, shard: int) -> None:
        """Have an org moved by the platform's writer."""
        self.moves += 1
        outcome = self._ask(1, move(org, shard, key=f"move {self.moves}"))
        if shard == self.places[org]:
            assert isinstance(outcome, Conflict)
        else:
            assert isinstance(outcome, CommandResult)
            self.places[org] = shard

    def check(self) -> None:
        """Hold the store to the model: whole chains, no gap in a shard, nothing lost or doubled."""
        assert self.store.shards_of(ORGS) == self.places
        events = [event for shard in range(1, self.shards + 1) for event in self._page(shard)]
        found = Counter((event.org, event.sequence) for event in events)
        assert set(found.values()) == {1}
        for org in ORGS:
            chain = self.store.events_after(org, 0)
            assert [event.sequence for event in chain] == [*range(1, len(chain) + 1)]
            assert {(org, event.sequence) for event in chain} <= found.keys()
            keys = [event.idempotency_key for event in chain if event.idempotency_key]
            assert sorted(keys) == sorted(self.paid[org])
            rows = self.store.balance_rows([f"{org}/wallet/credit/{USER}"])
            credits = sum(row.credits for row in rows.values())
            assert credits == len(self.paid[org]) * credits_of("1")

    def again(self) -> None:
        """Everything that was ever paid, sent once more by who decides for any org."""
        everywhere = EveryShard(container.ledger(self.store), self.store._clock)
        commands = [
            deposit("1", key=key, org=org) for org in ORGS for key in sorted(self.paid[org])
        ]
        outcomes: list[Any] = everywhere.run(commands) if commands else []
        assert all(each.replayed for each in outcomes)

    def _writer(self, shard: int) -> GroupCommit | Piped:
        commit = GroupCommit(container.ledger(self.store), StandingClock(), shard=shard)
        return Piped(commit, lazy=False) if self._ahead else commit

    def _ask(self, shard: int, command: Any) -> Any:
        (outcome,) = self._writers[shard].run([command])
        return outcome

    def _page(self, shard: int) -> list[RecordedEvent]:
        page = self.store.select_positions(base_of(shard), 100_000)
        assert [number_of(event.position) for event in page] == [*range(1, len(page) + 1)]
        assert {shard_of(event.position) for event in page} <= {shard}
        return page


ORG = st.sampled_from(ORGS)
SHARD = st.integers(1, SHARDS_TRIED)
PAYMENTS = st.tuples(st.just("pay"), SHARD, ORG, st.integers(0, 9))
MOVES = st.tuples(st.just("move"), SHARD, ORG, st.just(0))


@settings(max_examples=60, deadline=None)
@given(
    shards=st.integers(2, SHARDS_TRIED),
    ahead=st.booleans(),
    actions=st.lists(st.one_of(PAYMENTS, PAYMENTS, MOVES), max_size=40),
)
def test_orgs_that_move_lose_nothing_and_do_nothing_twice(
    shards: int, ahead: bool, actions: list[tuple[str, int, str, int]]
) -> None:
    world = World(shards, ahead)
    for kind, number, org, key in actions:
        shard = (number - 1) % shards + 1
        if kind == "pay":
            world.pay(shard, org, f"key {key}")
        else:
            world.move(org, shard)
    world.check()
    world.again()
    world.check()
