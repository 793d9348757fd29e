"""The jobs of calls: with one id however often, until taken, refused for good, or too old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from adapters.memory.receiver import MemoryReceiver
from api.commands.command import Command
from api.effects.effect import Effect
from api.jobs.effect_calls import EffectJobs
from api.jobs.effect_retry import FIRST_S, GIVE_UP_S, MAX_S, Again, pause_s
from ledger.kernel.alarms import Alarm
from ledger.kernel.outside import NeverTaken, NotTaken
from projections.ports import Call, CallName
from tests.contracts.stores import clock_us
from tests.scenarios.commands import ORG, deposit, register

from .worlds import EFFECT, World, record

NAME = CallName(ORG, EFFECT, "1")


class Toy(Effect):
    """Hands over what it is given; `answers` is what then has to be recorded."""

    name = EFFECT

    def __init__(
        self, receiver: MemoryReceiver, answers: Callable[[Call], Command[object]] | None = None
    ) -> None:
        self._receiver = receiver
        self._answers = answers

    async def call(self, call: Call) -> Command[object] | None:
        await self._receiver.post(call.name.id, call.content.encode())
        return self._answers(call) if self._answers else None


class Process:
    """A process that makes calls of one world."""

    def __init__(self, world: World, *effects: Effect, later_s: float = 0) -> None:
        self.world = world
        self._jobs = EffectJobs(
            effects,
            world.calls(),
            lambda: clock_us() + int(later_s * 1_000_000),
            lambda command: record(world, [command]),
        )

    def run(self, attempts: int = 0) -> None:
        asyncio.run(self._jobs.run(NAME, attempts))


def deferred(world: World) -> World:
    world.calls().add([Call(NAME, "what is to be said")])
    return world


def alarms(caplog: pytest.LogCaptureFixture) -> list[Alarm]:
    return [each.alarm for each in caplog.records if hasattr(each, "alarm")]


def test_a_job_that_is_run_again_finds_it_done(world: World) -> None:
    receiver = MemoryReceiver()
    process = Process(deferred(world), Toy(receiver))
    process.run()
    process.run()
    assert receiver.ids == [f"{EFFECT}/{ORG}/1"]
    assert receiver.taken == {f"{EFFECT}/{ORG}/1": b"what is to be said"}


def test_two_processes_with_the_same_job_call_with_the_same_id(world: World) -> None:
    receiver = MemoryReceiver()
    deferred(world)

    class Twin(Toy):
        """Is called while another process does the same."""

        async def call(self, call: Call) -> None:
            await super().call(call)
            await EffectJobs([Toy(receiver)], world.calls(), clock_us, print).run(NAME, 0)

    Process(world, Twin(receiver)).run()
    assert receiver.ids == [NAME.id, NAME.id]
    assert len(receiver.taken) == 1


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_id(world: World) -> None:
    receiver = MemoryReceiver(NotTaken("it does not answer."), NotTaken("it answered 500."))
    process = Process(deferred(world), Toy(receiver))
    for attempts in (0, 1):
        with pytest.raises(Again):
            process.run(attempts)
    process.run(2)
    assert receiver.ids == [NAME.id] * 3
    assert world.calls().waiting(NAME) is None


def test_what_it_refuses_for_good_is_not_sent_again_and_is_an_alarm(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = MemoryReceiver(NeverTaken("it answered 410."))
    process = Process(deferred(world), Toy(receiver))
    process.run()
    process.run()
    assert receiver.ids == [NAME.id]
    assert alarms(caplog) == [Alarm.EFFECT_GIVEN_UP]
    assert f"the call {NAME.id} was given up: it answered 410." in caplog.text


def test_what_is_not_taken_for_three_days_is_given_up_with_an_alarm(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    deferred(world)
    receiver = MemoryReceiver(*[NotTaken("it answered 500.")] * 3)
    with pytest.raises(Again):
        Process(world, Toy(receiver), later_s=GIVE_UP_S - 60).run(90)
    assert alarms(caplog) == []
    Process(world, Toy(receiver), later_s=GIVE_UP_S + 60).run(91)
    assert alarms(caplog) == [Alarm.EFFECT_GIVEN_UP]
    Process(world, Toy(receiver)).run(92)
    assert len(receiver.ids) == 2


def test_an_answer_is_recorded_once_though_the_call_was_made_twice(world: World) -> None:
    record(world, [register()])
    receiver = MemoryReceiver()
    deferred(world)

    def answered(call: Call) -> Command[object]:
        return deposit("1", key=call.name.id)

    class Forgetting(EffectJobs):
        """Dies when it has recorded the answer, and before it has said so."""

        async def _make(self, call: Call) -> None:
            command = await self._effects[EFFECT].call(call)
            assert command is not None
            self._record(command)
            raise NotTaken("killed")

    dying = Forgetting(
        [Toy(receiver, answered)], world.calls(), clock_us, lambda each: record(world, [each])
    )
    with pytest.raises(Again):
        asyncio.run(dying.run(NAME, 0))
    Process(world, Toy(receiver, answered)).run(1)
    assert receiver.ids == [NAME.id] * 2
    events = world.events.open().events_after(ORG, 0)
    assert [event.type for event in events].count("credits.CreditsDeposited") == 1


def test_an_answer_that_the_ledger_refuses_is_an_alarm(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    refused = deposit("1", key="d", org="nobody")
    Process(deferred(world), Toy(MemoryReceiver(), lambda _: refused)).run()
    assert alarms(caplog) == [Alarm.EFFECT_GIVEN_UP]


def test_a_fault_of_ours_is_logged_and_tried_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty(Toy):
        async def call(self, call: Call) -> None:
            raise ZeroDivisionError

    with caplog.at_level(logging.ERROR), pytest.raises(Again):
        Process(deferred(world), Faulty(MemoryReceiver())).run()
    assert "by a fault of ours" in caplog.text
    assert world.calls().waiting(NAME) is not None


def test_a_call_of_an_effect_that_is_not_configured_waits(world: World) -> None:
    with pytest.raises(Again):
        Process(deferred(world)).run()
    assert world.calls().waiting(NAME) is not None


def test_pauses_grow_to_an_hour_and_differ() -> None:
    pauses = [pause_s(NAME, attempts) for attempts in range(100)]
    assert all(0.8 * FIRST_S * 2**n <= pauses[n] <= 1.2 * FIRST_S * 2**n for n in range(9))
    assert max(pauses) <= 1.2 * MAX_S
    assert min(pauses[12:]) >= 0.8 * MAX_S
    assert len({pause_s(CallName(ORG, EFFECT, str(n)), 3) for n in range(50)}) == 50


def test_who_asks_for_time_gets_it_up_to_an_hour(world: World) -> None:
    asked = MemoryReceiver(NotTaken("busy", 600), NotTaken("busy", 999_999))
    process = Process(deferred(world), Toy(asked))
    waits = []
    for _ in range(2):
        with pytest.raises(Again) as again:
            process.run()
        waits.append(again.value.after_s)
    assert waits == [600, MAX_S]
