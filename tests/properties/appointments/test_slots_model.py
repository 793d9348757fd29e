"""Slots in any sequence of orders, payments, moves and ends: each unit of a calendar is had by at
most one appointment, as a small model says.

The model knows nothing of orders and facts: who has how many units of which slot, and whether they
may still have them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenarios.appointment_commands import (
    appointment_row,
    calendar,
    call_off,
    coaching,
    left,
    named,
    publish_slots,
    reschedule,
    slot,
    verify_appointments,
)
from tests.scenarios.commands import register
from tests.scenarios.order_commands import cancel, declined, expire, paid, place
from tests.scenarios.world import World

PRICE, MINUTE_US = 1_000, 60_000_000
CAPACITIES = {"10:00": 1, "12:00": 3, "2026-02-03T09:00": 2}
STARTS = list(CAPACITIES)
SLOTS, WHO = st.integers(0, 2), st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("hold"), SLOTS, st.integers(1, 3)),
    st.tuples(st.just("move"), WHO, SLOTS),
    st.tuples(st.sampled_from(["pay", "decline", "expire", "cancel", "call off"]), WHO, st.just(0)),
)


@dataclass
class Taker:
    """Who has, or had, units of a slot."""

    start: str
    units: int
    placed_us: int
    state: str = "held"
    was_paid: bool = False


@dataclass
class Model:
    """The calendar on paper; takers by the numbers of their orders."""

    takers: dict[int, Taker] = field(default_factory=dict)

    def free(self, start: str) -> int:
        """How many units nobody has."""
        has = [e.units for e in self.takers.values() if e.start == start and e.state != "freed"]
        return CAPACITIES[start] - sum(has)


@settings(max_examples=50, deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_each_unit_of_a_calendar_is_had_once(steps: list[tuple[str, int, int]]) -> None:
    world, model = World().given(register(), calendar()), Model()
    world.given(
        publish_slots(
            slot("10:00", "11:00"),
            slot("12:00", "13:00", 3),
            slot("2026-02-03T09:00", "2026-02-03T10:00", 2),
        )
    )
    for count, (kind, number, other) in enumerate(steps, start=1):
        if kind == "hold":
            start = STARTS[number]
            world.when(place(count, coaching((start, other), price=PRICE)))
            can = other <= model.free(start)
            if can:
                model.takers[count] = Taker(start, other, world.clock.now_us)
        elif number < len(model.takers):
            name = list(model.takers)[number]
            can = _STEPS[kind](world, model, name, other, f"{kind} {count}")
        else:
            continue
        assert bool(world.refusals) is not can, (kind, world.outcomes, model)
        _compare(world, model)
    assert verify_appointments(world).exit_code == 0


def _compare(world: World, model: Model) -> None:
    for start in STARTS:
        assert 0 <= left(world, start) == model.free(start)
    for name, taker in model.takers.items():
        row = appointment_row(world, name)
        assert (row["state"], row["slot"]) == (taker.state, named(taker.start))


def _pay(world: World, model: Model, name: int, _: int, key: str) -> bool:
    """Its money has it again if it can be had; the same money comes once."""
    taker = model.takers[name]
    world.when(paid(name, taker.units * PRICE))
    is_there = taker.state == "held" or taker.units <= model.free(taker.start)
    if not taker.was_paid and is_there:
        taker.state = "booked"
    taker.was_paid = True
    return True


def _decline(world: World, model: Model, name: int, _: int, key: str) -> bool:
    taker = model.takers[name]
    world.when(declined(name))
    taker.state = "freed" if taker.state == "held" else taker.state
    return True


def _expire(world: World, model: Model, name: int, _: int, key: str) -> bool:
    """It is had for fifteen minutes, of which eight pass."""
    taker = model.takers[name]
    world.clock.now_us += 8 * MINUTE_US
    world.when(expire(name))
    if taker.state == "held" and world.clock.now_us >= taker.placed_us + 15 * MINUTE_US:
        taker.state = "freed"
    return True


def _cancel(world: World, model: Model, name: int, _: int, key: str) -> bool:
    """Money that comes for it after that goes back."""
    taker = model.takers[name]
    world.when(cancel(name, key=key))
    can = taker.state == "held"
    if can:
        taker.state, taker.was_paid = "freed", True
    return can


def _move(world: World, model: Model, name: int, to: int, key: str) -> bool:
    taker, start = model.takers[name], STARTS[to]
    world.when(reschedule(start, name, key=key))
    can = taker.state == "booked" and start != taker.start and taker.units <= model.free(start)
    taker.start = start if can else taker.start
    return can


def _call_off(world: World, model: Model, name: int, _: int, key: str) -> bool:
    taker = model.takers[name]
    world.when(call_off(name, key=key))
    can = taker.state == "booked"
    taker.state = "freed" if can else taker.state
    return can


_STEPS: dict[str, Callable[[World, Model, int, int, str], bool]] = {
    "pay": _pay,
    "decline": _decline,
    "expire": _expire,
    "cancel": _cancel,
    "move": _move,
    "call off": _call_off,
}
