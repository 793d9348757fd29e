"""A follower that calls defers each call once, wherever it is killed and whoever runs it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ledger.ports import RecordedEvent
from projections.effects import Deferring
from projections.engine import Runner
from projections.ports import Call, CallName, EffectStore, Parked, Progress, Superseded
from tests.scenarios.commands import ORG, deposit, usage, use

from .worlds import EFFECT, World, begin, calls_of, record


class Killed(BaseException):
    """Stands for the end of the process."""


class Dying:
    """The real store of a process that dies at one of its steps."""

    def __init__(self, store: EffectStore, when: str) -> None:
        self._store = store
        self._when = when

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def page(self, after: int, news_s: float = 0.0) -> Sequence[RecordedEvent]:
        events = self._store.page(after, news_s)
        self._die("read")
        return events

    def defer(self, before: Progress, until: int, calls: Sequence[Call]) -> Progress:
        self._die("before")
        progress = self._store.defer(before, until, calls)
        self._die("after")
        return progress

    def _die(self, when: str) -> None:
        if self._when == when:
            raise Killed


def run(store: Any) -> bool:
    return Runner(Deferring(EFFECT, store, calls_of), threading.Event()).catch_up()


def test_each_fact_is_deferred_once_and_in_order(world: World) -> None:
    names = begin(world)
    assert run(world.follower())
    assert world.deferred() == names
    record(world, [deposit("1", key="later")])
    follower = world.follower()
    assert run(follower)
    assert len(world.deferred()) == len(names) + 1
    (at,) = follower.progress()
    assert follower.page(at.position) == []


@pytest.mark.parametrize("when", ["read", "before", "after"])
def test_killed_anywhere_it_defers_each_once(world: World, when: str) -> None:
    names = begin(world)
    with pytest.raises(Killed):
        run(Dying(world.follower(), when))
    assert world.deferred() in ([], names)  # whole or not at all
    assert run(world.follower())
    assert world.deferred() == names


def test_set_back_to_the_beginning_it_defers_nothing_again(world: World) -> None:
    names = begin(world)
    assert run(world.follower())
    world.calls().end(names[0])
    world.set_back()
    assert run(world.follower())
    assert world.deferred() == names
    assert world.calls().waiting(names[0]) is None


def test_a_second_process_stands_by(world: World) -> None:
    names = begin(world)
    first = world.follower()
    assert first.claim()
    assert not run(world.follower())
    assert world.deferred() == []
    first.close()
    assert run(world.follower())
    assert world.deferred() == names


def test_a_process_that_lost_its_claim_unnoticed_defers_nothing(world: World) -> None:
    names = begin(world)
    late = world.follower()
    (at,) = late.progress()
    assert run(world.follower())
    late.claim()
    stray = Call(CallName(ORG, EFFECT, "stray"), "")
    with pytest.raises(Superseded):
        late.defer(at, 2, [stray])
    assert world.deferred() == names


def test_pages_of_other_facts_are_passed_over(world: World) -> None:
    names = begin(world)
    record(world, [usage([use("0.000001", id=f"u{n}")]) for n in range(2_100)])
    record(world, [deposit("1", key="at last")])
    assert run(world.follower())
    assert world.deferred()[:-1] == names
    assert int(world.deferred()[-1].key) > 2_100


def test_what_cannot_be_read_stops_its_org_until_it_can(world: World) -> None:
    names = begin(world)

    def poisoned(event: RecordedEvent) -> list[Call]:
        if str(event.sequence) == names[1].key:
            raise ValueError
        return calls_of(event)

    follower = world.follower()
    end = Deferring(EFFECT, follower, poisoned)
    assert Runner(end, threading.Event()).catch_up()
    assert world.deferred() == names[:1]
    assert follower.parked() == [Parked(int(names[1].key) - 1, ORG)]
    assert Runner(end, threading.Event()).catch_up()
    assert world.deferred() == names[:1]
    assert run(follower)
    assert world.deferred() == names
    assert follower.parked() == []


def test_what_no_event_says_is_deferred_once_by_whoever_finds_it(world: World) -> None:
    found = [Call(CallName("platform", "state", f"since {n}"), "behind") for n in range(3)]
    doors = [world.calls() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda door: door.add(found), doors))
    assert sum(added) == 3
    assert sorted(world.deferred()) == sorted(call.name for call in found)
    assert world.calls().add([]) == 0


def test_a_call_waits_until_it_ends_and_ends_once(world: World) -> None:
    (name, other, _) = begin(world)
    run(world.follower())
    calls = world.calls()
    waiting = calls.waiting(name)
    assert waiting is not None
    assert waiting.content == f"deposit {name.key}"
    calls.put_off(name, "it answered 500.")
    assert calls.waiting(name) == waiting
    assert [calls.end(name), calls.end(name), calls.end(name, failed="no")] == [True, False, False]
    assert calls.end(other, failed="it answered 410.")
    assert [calls.waiting(each) for each in (name, other)] == [None, None]
    assert calls.waiting(CallName(ORG, EFFECT, "unknown")) is None


def test_what_has_ended_is_made_again_when_it_is_asked_for(world: World) -> None:
    (name, *_) = begin(world)
    run(world.follower())
    calls = world.calls()
    assert not calls.again(name)
    assert not calls.again(CallName(ORG, EFFECT, "unknown"))
    for content, expected in ((None, f"deposit {name.key}"), ("another", "another")):
        deferred = world.deferred().count(name)
        calls.end(name, failed="nobody knew it.")
        assert calls.again(name, content)
        waiting = calls.waiting(name)
        assert waiting is not None
        assert waiting.content == expected
        assert world.deferred().count(name) == deferred + 1
    assert calls.end(name)
