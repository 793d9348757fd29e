"""Calls of one turn are made one after another, and who holds up one turn holds up no other."""

from __future__ import annotations

from itertools import starmap

from projections.ports import Call, CallName
from tests.scenarios.commands import ORG

from .worlds import EFFECT, World


def turns_of(count: int, turn: str) -> list[Call]:
    return [Call(CallName(ORG, EFFECT, f"{turn}/{n}"), "", f"{ORG}/{turn}") for n in range(count)]


def name(turn: str, number: int) -> CallName:
    return CallName(ORG, EFFECT, f"{turn}/{number}")


def test_of_a_turn_one_call_is_deferred_and_its_end_defers_the_next(world: World) -> None:
    calls = world.calls()
    assert calls.add([*turns_of(3, "a"), *turns_of(2, "b")]) == 5
    assert sorted(world.deferred()) == [name("a", 0), name("b", 0)]
    calls.end(name("a", 0))
    assert world.deferred()[2:] == [name("a", 1)]
    calls.end(name("a", 1), failed="it answered 410.")
    assert world.deferred()[3:] == [name("a", 2)]
    calls.end(name("a", 2))
    assert len(world.deferred()) == 4


def test_what_comes_while_a_turn_waits_has_no_job_of_its_own(world: World) -> None:
    calls = world.calls()
    calls.add(turns_of(1, "a"))
    assert calls.add(turns_of(3, "a")) == 2
    assert world.deferred() == [name("a", 0)]


def test_what_comes_when_a_turn_is_done_begins_it_again(world: World) -> None:
    calls = world.calls()
    calls.add(turns_of(1, "a"))
    calls.end(name("a", 0))
    calls.add(turns_of(2, "a"))
    assert world.deferred() == [name("a", 0), name("a", 1)]


def test_a_turn_whose_process_died_before_it_went_on_is_taken_up(world: World) -> None:
    calls = world.calls()
    calls.add(turns_of(3, "a"))
    world.forget_jobs()
    assert world.deferred() == []
    assert calls.take_turns() == 1
    assert calls.take_turns() == 0, "it has a job now"
    assert world.deferred() == [name("a", 0)]


def test_calls_of_no_turn_wait_for_none(world: World) -> None:
    calls = world.calls()
    names = list(starmap(CallName, [(ORG, EFFECT, "1"), (ORG, EFFECT, "2")]))
    calls.add([Call(each, "") for each in names])
    assert world.deferred() == names
    assert calls.take_turns() == 0
