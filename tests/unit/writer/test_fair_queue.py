"""Waiting is bounded and fair: one org's flood takes neither the others' turns nor their room."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from api.commands.command import Command
from api.writer.fair_queue import LIGHT_MAX, Capacity, FairQueue, Waiting
from api.writer.recent_orgs import RecentOrgs
from ledger.kernel.errors import Busy
from tests.processes.writer.stuck import Nobody, Stuck, client_of, work_of
from tests.scenarios.commands import usage, use


def command(org: str, number: int, weight: int = 1) -> Command[object]:
    return usage([use("1", id=f"{number}.{n}") for n in range(weight)], org=org)


def waiting(org: str, number: int, weight: int = 1) -> Waiting:
    return Waiting(command(org, number, weight), number, Nobody())


def orgs_of(group: Sequence[Waiting]) -> list[str]:
    return [each.command.org for each in group]


def test_every_org_is_in_the_next_group_whatever_another_has_sent() -> None:
    room = FairQueue(commands_max=30)
    for number in range(100):
        room.enter(waiting("flood", number))
    room.enter(waiting("quiet", 1))
    room.enter(waiting("other", 1))
    group = orgs_of(room.next_group())
    assert {"flood", "quiet", "other"} == set(group)
    assert len(group) <= 31
    assert room.weight == 102 - len(group)


def test_an_orgs_commands_keep_their_order() -> None:
    room = FairQueue(commands_max=7)
    sent = [waiting(org, number) for number in range(10) for org in ("a", "b")]
    for each in sent:
        room.enter(each)
    taken: list[Waiting] = []
    while room:
        taken += room.next_group()
    for org in ("a", "b"):
        assert [each for each in taken if each.command.org == org] == [
            each for each in sent if each.command.org == org
        ]


def test_a_command_larger_than_a_group_is_a_group() -> None:
    room = FairQueue(uses_max=(3, 3))
    room.enter(waiting("a", 1, weight=10))
    room.enter(waiting("a", 2))
    assert len(room.next_group()) == 1
    assert (room.weight, bool(room)) == (1, True)


def test_while_orgs_share_us_small_commands_and_large_ones_take_turns() -> None:
    room = FairQueue(uses_max=(500, 100))
    for number in range(3):
        room.enter(waiting("flood", number, weight=100))
    for number in range(3):
        room.enter(waiting("quiet", number))
    room.enter(waiting("other", 1, weight=LIGHT_MAX))
    assert orgs_of(room.next_group()) == ["flood"]
    assert orgs_of(room.next_group()) == ["quiet", "quiet", "quiet", "other"]
    room.enter(waiting("quiet", 3))
    assert orgs_of(room.next_group()) == ["flood"]
    assert orgs_of(room.next_group()) == ["quiet"]
    assert orgs_of(room.next_group()) == ["flood"]
    assert (room.weight, bool(room), room.next_group()) == (0, False, [])


def test_large_commands_of_several_orgs_go_together() -> None:
    room = FairQueue()
    for org in ("a", "b"):
        for number in range(2):
            room.enter(waiting(org, number, weight=LIGHT_MAX + 1))
    assert sorted(orgs_of(room.next_group())) == ["a", "a", "b", "b"]


def test_while_an_org_is_alone_a_large_command_goes_with_others() -> None:
    room = FairQueue()
    for number in range(3):
        room.enter(waiting("alone", number, weight=100))
        room.enter(waiting("alone", 10 + number))
    assert len(room.next_group()) == 6


def test_groups_are_large_while_an_org_is_alone_and_small_for_as_long_as_others_are_here() -> None:
    now = [0.0]
    room = FairQueue(uses_max=(100, 20), recent_orgs=RecentOrgs(lambda: now[0]))

    def group_of_alone(first: int) -> int:
        for number in range(first, first + 20):
            room.enter(waiting("busy", number, weight=10))
        return sum(each.command.weight for each in room.next_group())

    assert group_of_alone(0) == 100
    room.enter(waiting("other", 1))
    assert group_of_alone(100) <= 21
    now[0] += 0.5
    assert group_of_alone(200) <= 21
    now[0] += 1.0
    assert group_of_alone(300) == 100


def test_there_is_room_for_others_when_one_org_has_filled_its_own() -> None:
    capacity = Capacity(limit=10, limit_of_one=6)
    capacity.take("flood", 6)
    with pytest.raises(Busy):
        capacity.take("flood", 1)
    capacity.take("quiet", 4)
    with pytest.raises(Busy):
        capacity.take("other", 1)
    capacity.give_back("flood", 6)
    capacity.take("other", 6)


def test_the_writer_refuses_what_it_has_no_room_for_and_then_goes_on() -> None:
    async def story() -> None:
        stuck = Stuck()
        async with client_of(work_of(stuck), Capacity(limit=3, limit_of_one=2)) as writer:
            first = [asyncio.ensure_future(writer.submit(command("a", n))) for n in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(Busy):
                await writer.submit(command("a", 2))
            other = asyncio.ensure_future(writer.submit(command("b", 0)))
            await asyncio.sleep(0)
            stuck.go.set()
            assert await asyncio.gather(*first, other) == ["done"] * 3
            assert await writer.submit(command("a", 3)) == "done"

    asyncio.run(story())
