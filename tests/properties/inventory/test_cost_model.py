"""Costs against a model: for any commands what was paid is what was sold, what is there and what
was lost, to the cent, and each shipment costs the mean of what was there.

The model is written from docs/inventory.md alone, in fractions: a place has units and a sum.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.inventory.condition import Condition
from ledger.inventory.movements import movements_of
from ledger.registry import fact_of
from tests.scenarios.commands import register
from tests.scenarios.stock_commands import (
    HERE,
    THERE,
    adjust,
    confirm,
    level,
    location,
    oversell,
    receive,
    reserve,
    ship,
    take_back,
    transfer,
    unit_cost,
    verify,
    worth,
)
from tests.scenarios.world import World

PLACES = (HERE, THERE)
KINDS = (
    "pay",
    "pay",
    "receive",
    "sell",
    "sell",
    "back",
    "broken",
    "count",
    "strike",
    "move",
    "say",
)
steps = st.lists(
    st.tuples(
        st.sampled_from(KINDS), st.integers(1, 5), st.integers(0, 999), st.sampled_from(PLACES)
    ),
    min_size=1,
    max_size=30,
)


@dataclass
class Place:
    """Units and what they cost; `mean`: of one, the last that was known."""

    units: int = 0
    worth: int = 0
    mean: Fraction | None = None
    settled: int = 0

    def come(self, units: int, paid: int | None) -> int:
        """Take units in; return by how much more it is worth than was paid."""
        said = 0
        if paid is not None and self.mean is None:
            self.mean = Fraction(paid, units)
            said = self.worth = round(self.mean * max(0, self.units))
        if self.mean is None:
            self.units += units
            return 0
        whole = round(self.mean * units) if paid is None else paid
        owed = min(units, max(0, -self.units))
        thought = round(Fraction(-self.worth * owed, -self.units)) if owed else 0
        real = round(Fraction(whole * owed, units))
        self.worth += thought + whole - real
        self.settled += real - thought
        self.units += units
        self._know(Fraction(whole, units))
        return said + (whole if paid is None else 0)

    def go(self, units: int) -> int | None:
        """Have units leave; return what they have cost."""
        self.units -= units
        if self.mean is None:
            return None
        there = min(units, max(0, self.units + units))
        cost = round(Fraction(self.worth * there, self.units + units)) if there else 0
        cost += round(self.mean * (units - there))
        self.worth -= cost
        self._know(self.mean)
        return cost

    def _know(self, otherwise: Fraction) -> None:
        self.mean = Fraction(self.worth, self.units) if self.units > 0 else otherwise


@dataclass
class Model:
    """Two places, sales that have not come back, and what came from nowhere or was lost."""

    places: dict[str, Place] = field(default_factory=lambda: {each: Place() for each in PLACES})
    sales: list[list[int]] = field(default_factory=list)
    paid: int = 0
    found: int = 0
    sold: int = 0


@given(steps)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_was_paid_is_sold_there_or_lost(todo: list[tuple[str, int, int, str]]) -> None:
    world = World().given(register(), location(HERE, 1), location(THERE, 2))
    world.given(oversell(at=HERE), oversell(at=THERE))
    model = Model()
    for kind, number, cost, place in todo:
        _do(world, model, kind, number, cost, place)
    sums: Counter[str] = Counter()
    for event in world.event_store.select_positions(0, 100_000):
        for moved in movements_of(fact_of(event)):
            sums["cost"] += moved.cost
            sums[moved.location] += moved.value
    for name, at in model.places.items():
        assert (level(world, name)[0], worth(world, name)) == (at.units, at.worth)
        assert sums[name] == at.worth
        assert at.worth == 0 if not at.units else at.worth * at.units >= 0
    settled = sum(each.settled for each in model.places.values())
    assert sums["cost"] == model.sold + settled
    worths = sum(each.worth for each in model.places.values())
    assert model.paid + model.found == sums["cost"] + worths
    assert verify(world).exit_code == 0


def _do(world: World, model: Model, kind: str, number: int, cost: int, name: str) -> None:
    place, other = model.places[name], THERE if name == HERE else HERE
    match kind:
        case "pay":
            world.given(receive(number, name, cost=cost))
            model.paid += cost
            model.found += place.come(number, cost)
        case "receive":
            world.given(receive(number, name))
            model.found += place.come(number, None)
        case "count":
            world.given(adjust(number, name))
            model.found += place.come(number, None)
        case "strike" if place.units >= number:
            world.given(adjust(-number, name))
            model.found -= place.go(number) or 0
        case "move" if place.units >= number:
            world.given(transfer(number, name, other))
            gone = place.go(number)
            model.found += model.places[other].come(number, gone)
        case "say":
            world.given(unit_cost(cost, name))
            before = place.worth if place.units > 0 else 0
            place.worth += cost * max(0, place.units) - before
            place.mean = Fraction(cost)
            model.found += cost * max(0, place.units) - before
        case "sell":
            made = f"r{len(model.sales)}"
            world.given(reserve(made, ("MUG", number, name)), confirm(made), ship(made))
            gone = place.go(number)
            model.sold += gone or 0
            model.sales.append([number, gone or 0, PLACES.index(name)])
        case "back" | "broken" if model.sales:
            _come_back(world, model, number, is_whole=kind == "back")


def _come_back(world: World, model: Model, number: int, *, is_whole: bool) -> None:
    index = number % len(model.sales)
    sale = model.sales[index]
    units = min(number, sale[0])
    if not units:
        return
    share = round(Fraction(sale[1] * units, sale[0]))
    sale[0] -= units
    sale[1] -= share
    model.sold -= share
    condition = Condition.SELLABLE if is_whole else Condition.DAMAGED
    world.given(take_back(f"r{index}", units, condition=condition))
    if is_whole:
        model.found += model.places[PLACES[sale[2]]].come(units, share or None)
    else:
        model.found -= share
