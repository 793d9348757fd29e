"""Stock against a model: for any commands and times, what is on hand, reserved and free is what a
list of reservations says, nothing is sold that is not there, and the movements sum to the levels.

The model is written from the design alone: places with a number, and a list of reservations.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.inventory.movements import movements_of
from ledger.kernel.errors import LedgerError
from ledger.kernel.times import format_time
from ledger.registry import fact_of
from tests.scenarios.commands import register
from tests.scenarios.stock_commands import (
    HERE,
    MINUTE_US,
    THERE,
    adjust,
    confirm,
    level,
    location,
    oversell,
    receive,
    release,
    reserve,
    ship,
    sweep,
    take_back,
    transfer,
    verify,
)
from tests.scenarios.world import World

PLACES = (HERE, THERE)
KINDS = (
    *("receive", "reserve", "reserve", "confirm", "release", "ship", "return"),
    *("adjust", "transfer", "oversell", "wait", "sweep"),
)
steps = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(1, 6), st.sampled_from(PLACES)),
    min_size=1,
    max_size=40,
)


@dataclass
class Made:
    """A reservation: what it has where, and what was shipped from there and is out; `order`: from
    where it was taken first, and then."""

    ends: int | None
    order: tuple[str, ...] = ()
    has: Counter[str] = field(default_factory=Counter)
    out: Counter[str] = field(default_factory=Counter)


@dataclass
class Model:
    """A shop with two places."""

    now: int = 0
    on_hand: Counter[str] = field(default_factory=Counter)
    allows: set[str] = field(default_factory=set)
    made: list[Made] = field(default_factory=list)

    def holds(self, made: Made) -> bool:
        """Whether it still has something, whatever was recorded."""
        return bool(+made.has) and (made.ends is None or made.ends > self.now)

    def reserved(self, place: str) -> int:
        return sum(each.has[place] for each in self.made if self.holds(each))

    def free(self, place: str) -> int:
        return self.on_hand[place] - self.reserved(place)

    def reserve(self, wanted: int, lasts: int) -> bool:
        taken: Counter[str] = Counter()
        for place in PLACES:
            taken[place] = min(max(0, self.free(place)), wanted - taken.total())
        order = [place for place in PLACES if taken[place]]
        if left := wanted - taken.total():
            overselling = [place for place in PLACES if place in self.allows]
            if not overselling:
                return False
            taken[overselling[0]] += left
            order += [place for place in overselling[:1] if place not in order]
        self.made.append(Made(self.now + lasts, tuple(order), +taken))
        return True

    def take(self, made: Made, source: Counter[str], wanted: int) -> Counter[str] | None:
        """So many of what a reservation has, those first that were taken first."""
        if wanted > source.total():
            return None
        taken: Counter[str] = Counter()
        for place in made.order:
            taken[place] = min(source[place], wanted - taken.total())
        return taken

    def ship(self, made: Made, wanted: int) -> bool:
        taken = self.take(made, made.has, wanted)
        if not self.holds(made) or made.ends is not None or taken is None:
            return False
        if any(self.on_hand[p] < taken[p] and p not in self.allows for p in PLACES):
            return False
        made.has, made.out = made.has - taken, made.out + taken
        self.on_hand.subtract(taken)
        return True

    def release(self, made: Made, wanted: int) -> bool:
        taken = self.take(made, made.has, wanted)
        if not self.holds(made) or taken is None:
            return False
        made.has = made.has - taken
        return True

    def come_back(self, made: Made, wanted: int) -> bool:
        taken = self.take(made, made.out, wanted)
        if taken is None:
            return False
        made.out = made.out - taken
        self.on_hand.update(taken)
        return True


@given(steps)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_commands_leave_what_the_model_says(todo: list[tuple[str, int, str]]) -> None:
    world, model = World().given(register(), location(HERE, 1), location(THERE, 2)), Model()
    start_us = world.clock()
    for kind, number, place in todo:
        expected = _do(world, model, kind, number, place)
        refused = any(isinstance(each, LedgerError) for each in world.outcomes)
        assert refused != expected, (kind, number, place, world.outcomes)
        world.clock.move_to(format_time(start_us + model.now * MINUTE_US))
    world.given(sweep(HERE), sweep(THERE))
    for place in PLACES:
        on_hand, reserved, _ = level(world, place)
        assert (on_hand, reserved) == (model.on_hand[place], model.reserved(place))
        assert place in model.allows or 0 <= reserved <= on_hand
    sums: Counter[tuple[str, str]] = Counter()
    for event in world.event_store.select_positions(0, 100_000):
        for moved in movements_of(fact_of(event)):
            sums[moved.location, "on hand"] += moved.on_hand
            sums[moved.location, "reserved"] += moved.reserved
    assert all(level(world, p)[:2] == (sums[p, "on hand"], sums[p, "reserved"]) for p in PLACES)
    assert verify(world).exit_code == 0


def _do(world: World, model: Model, kind: str, number: int, place: str) -> bool:
    """Do a step in both; tell whether it can be done."""
    if kind == "wait":
        world.when()
        model.now += number
        return True
    if kind in ("confirm", "release", "ship", "return"):
        return _end(world, model, kind, number)
    return _move(world, model, kind, number, place)


def _end(world: World, model: Model, kind: str, number: int) -> bool:
    """Do something with a reservation, if there is one."""
    index = number % len(model.made) if model.made else 0
    made = model.made[index] if model.made else Made(0)
    name = f"r{index}"
    if kind == "confirm":
        world.when(confirm(name))
        possible = model.holds(made) and made.ends is not None
        made.ends = None if possible else made.ends
        return possible
    if kind == "release":
        world.when(release(name, number))
        return model.release(made, number)
    if kind == "ship":
        world.when(ship(name, number))
        return model.ship(made, number)
    world.when(take_back(name, number))
    return model.come_back(made, number)


def _move(world: World, model: Model, kind: str, number: int, place: str) -> bool:
    other = THERE if place == HERE else HERE
    match kind:
        case "receive":
            world.when(receive(number, place))
            model.on_hand[place] += number
        case "reserve":
            world.when(reserve(f"r{len(model.made)}", number, lasts_us=number * MINUTE_US))
            return model.reserve(number, number)
        case "adjust":
            world.when(adjust(-number, place))
            there, free = model.on_hand[place], model.free(place)
            possible = number <= there and (place in model.allows or number <= free)
            model.on_hand[place] -= number if possible else 0
            return possible
        case "transfer":
            world.when(transfer(number, place, other))
            possible = number <= model.free(place)
            model.on_hand.update({place: -number, other: number} if possible else {})
            return possible
        case "oversell":
            allowed = number % 2 == 0
            world.when(oversell(allowed, place))
            possible = allowed or model.free(place) >= 0
            if possible:
                model.allows = model.allows - {place} | ({place} if allowed else set())
            return possible
        case "sweep":
            world.when(sweep(place))
    return True
