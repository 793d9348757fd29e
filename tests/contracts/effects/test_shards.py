"""A follower of several shards defers each org's calls in the order of its chain, each once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import adapters.memory.effects
import adapters.postgres.effects
from ledger.kernel.shards import base_of
from ledger.ports import RecordedEvent
from projections.effects import Deferring
from projections.engine import Runner
from projections.ports import Call, EffectStore, Progress
from tests.contracts.stores import AnyJournal, append_to, entry, place

from .worlds import DEPOSITED, EFFECT, MemoryWorld, World, calls_of

SHARDS = (1, 2, 3)
ORGS = ("a", "b", "c")
KILLED_AT = ("read", "reach", "before", "after")

_org = st.sampled_from(ORGS)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("deposit"), _org, st.integers(1, 4)),
        st.tuples(st.just("move"), _org, st.sampled_from(SHARDS)),
        st.tuples(st.just("follow"), st.sampled_from(KILLED_AT), st.integers(0, 4)),
    ),
    max_size=30,
)
_worlds = count()


class Killed(BaseException):
    """Stands for the end of the process."""


class DyingLater:
    """The real store of a process that dies at one of its steps, some times later."""

    def __init__(self, store: EffectStore, when: str, times: int) -> None:
        self._store = store
        self._when = when
        self._times = times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def page(self, after: int, news_s: float = 0.0) -> Sequence[RecordedEvent]:
        events = self._store.page(after, news_s)
        self._die("read")
        return events

    def reach(self, after: int, until: int) -> int:
        reach = self._store.reach(after, until)
        self._die("reach")
        return reach

    def defer(self, before: Progress, until: int, calls: Sequence[Call]) -> Progress:
        self._die("before")
        progress = self._store.defer(before, until, calls)
        self._die("after")
        return progress

    def _die(self, when: str) -> None:
        if self._when == when:
            if self._times == 0:
                raise Killed
            self._times -= 1


class Orgs:
    """Some orgs of a world, what they have deposited, and where they live."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._events: AnyJournal = world.events.open()
        self._prefix = f"{next(_worlds)}-"
        self._shards = dict.fromkeys(ORGS, 1)
        self.lengths = dict.fromkeys(ORGS, 0)

    def deposit(self, org: str, times: int) -> None:
        for _ in range(times):
            self.lengths[org] += 1
            deposited = entry(self._prefix + org, "s", self.lengths[org])._replace(type=DEPOSITED)
            append_to(self._events, [deposited], shard=self._shards[org])

    def move(self, org: str, shard: int) -> None:
        if self.lengths[org] and shard != self._shards[org]:
            place(self._events, self._prefix + org, shard)
            self._shards[org] = shard

    def follow(self, when: str = "never", times: int = 0) -> bool:
        """Follow to the end, or until killed; False when killed."""
        follower: Any = DyingLater(self._follower(), when, times)
        try:
            return Runner(Deferring(EFFECT, follower, calls_of), threading.Event()).catch_up()
        except Killed:
            return False

    def deferred(self) -> dict[str, list[int]]:
        """The sequences of each org, in the order in which they were deferred."""
        found: dict[str, list[int]] = {org: [] for org in ORGS}
        for name in self._world.deferred():
            if name.org.startswith(self._prefix):
                found[name.org.removeprefix(self._prefix)].append(int(name.key))
        return found

    def positions(self) -> list[int]:
        return [at.position for at in self._follower().progress()]

    def _follower(self) -> EffectStore:
        if isinstance(self._world, MemoryWorld):
            self._world.state.events = [
                event
                for shard in SHARDS
                for event in self._events.select_positions(base_of(shard), 100_000)
            ]
        return self._world.follower()


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (adapters.memory.effects, adapters.postgres.effects):
        monkeypatch.setattr(module, "PAGE_POSITIONS", 3)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
def test_moved_and_killed_anywhere_each_org_comes_in_its_order_and_once(
    world: World, steps: list[tuple[str, str, int]]
) -> None:
    orgs = Orgs(world)
    for what, name, number in steps:
        getattr(orgs, what)(name, number)
        for org, sequences in orgs.deferred().items():
            assert sequences == list(range(1, len(sequences) + 1)), org
    assert orgs.follow()
    assert {org: len(each) for org, each in orgs.deferred().items()} == orgs.lengths


def test_a_page_ends_before_what_another_shard_has_not_brought_yet(world: World) -> None:
    orgs = Orgs(world)
    orgs.deposit("a", 1)
    orgs.move("a", 2)
    orgs.deposit("a", 1)
    orgs.move("a", 1)
    orgs.deposit("a", 1)  # position 4 of shard 1, after the two that say where it lives
    follower = orgs._follower()
    assert follower.reach(0, 4) == 3
    assert orgs.follow()
    assert follower.reach(0, 4) == 4
    assert orgs.deferred()["a"] == [1, 2, 3]


def test_shards_that_are_new_are_found(world: World) -> None:
    orgs = Orgs(world)
    orgs.deposit("a", 2)
    assert orgs.follow()
    assert len(orgs.positions()) == 1
    orgs.move("a", 3)
    orgs.deposit("a", 2)
    assert orgs.follow()
    assert orgs.positions()[-1] == base_of(3) + 2
    assert orgs.deferred()["a"] == [1, 2, 3, 4]
