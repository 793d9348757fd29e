"""Stored value against a model: for any commands and times, what is there, claimed and given back
is what a list of orders says, and money neither appears nor is lost.

The model is written from the design alone: a card with a number and an end, and a list of orders.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.kernel.errors import LedgerError
from ledger.kernel.times import format_time
from ledger.registry import fact_of
from ledger.stored_value.movements import value_movements_of
from tests.scenarios.commands import register
from tests.scenarios.value_commands import (
    MINUTE_US,
    adjust,
    claim,
    disable,
    enable,
    give_back,
    issue,
    release,
    settle,
    stored,
    sweep_value,
    verify,
)
from tests.scenarios.world import World

KINDS = (
    *("claim", "claim", "claim", "settle", "settle", "release", "give back", "give back"),
    *("adjust", "disable", "enable", "wait", "sweep"),
)
DAY = 24 * 60
RENEWED = 90 * DAY
steps = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 4), st.integers(-6, 12)),
    min_size=1,
    max_size=40,
)


@dataclass
class Order:
    """What an order has: a claim until a moment, or what it spent and got back."""

    claimed: int = 0
    ends: int = 0
    spent: int = 0
    back: int = 0


@dataclass
class Model:
    """A card of 20 that ends after 30 days, by minutes."""

    now: int = 0
    free: int = 20
    ends: int = 30 * DAY
    disabled: bool = False
    lost: int = 0
    orders: list[Order] = field(default_factory=lambda: [Order() for _ in range(5)])

    def pass_time(self) -> None:
        """Claims end first, then what is free is lost with the card."""
        for each in self.orders:
            if each.claimed and each.ends <= self.now:
                self.free += each.claimed
                each.claimed = 0
        if self.ends <= self.now:
            self.lost += self.free
            self.free = 0

    def do(self, kind: str, order: Order, amount: int, number: int) -> bool:
        """Do a step; tell whether it can be done."""
        match kind:
            case "claim":
                return self.claim(order, amount, (number + 1) * DAY)
            case "settle" | "release":
                return self.end(order, spent=kind == "settle")
            case "give back":
                return self.give_back(order, amount)
            case "adjust":
                possible = self.ends > self.now and amount != 0 and self.free + amount >= 0
                self.free += amount if possible else 0
                return possible
            case "disable" | "enable":
                possible = self.disabled is (kind == "enable")
                self.disabled = kind == "disable"
                return possible
            case "wait":
                self.now += abs(amount) ** 3 * 60
        return True

    def claim(self, order: Order, amount: int, lasts: int) -> bool:
        is_closed = self.ends <= self.now or self.disabled
        if order.claimed or order.spent or is_closed or not 0 < amount <= self.free:
            return False
        self.free -= amount
        order.claimed, order.ends = amount, self.now + lasts
        return True

    def end(self, order: Order, *, spent: bool) -> bool:
        if not order.claimed:
            return False
        order.spent += order.claimed if spent else 0
        self.free += 0 if spent else order.claimed
        order.claimed = 0
        return True

    def give_back(self, order: Order, amount: int) -> bool:
        if not 0 < amount <= order.spent - order.back:
            return False
        order.back += amount
        self.free += amount
        self.ends = max(self.ends, self.now + RENEWED)
        return True


@given(steps)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_commands_leave_what_the_model_says(todo: list[tuple[str, int, int]]) -> None:
    world, model = World().given(register()), Model()
    start_us = world.clock()
    world.given(issue(20, expires=format_time(start_us + model.ends * MINUTE_US)))
    put_in = 20
    for kind, number, amount in todo:
        model.pass_time()
        _ask(world, kind, number, amount)
        possible = model.do(kind, model.orders[number], amount, number)
        refused = any(isinstance(each, LedgerError) for each in world.outcomes)
        assert refused != possible, (kind, number, amount, world.outcomes)
        put_in += amount if kind == "adjust" and possible else 0
        world.clock.move_to(format_time(start_us + model.now * MINUTE_US))
    model.pass_time()
    world.given(sweep_value())
    claimed = sum(each.claimed for each in model.orders)
    assert stored(world) == (model.free + claimed, claimed)
    spent = sum(each.spent - each.back for each in model.orders)
    assert put_in == model.free + claimed + spent + model.lost
    facts = [fact_of(event) for event in world.event_store.select_positions(0, 100_000)]
    moved = [each for fact in facts for each in value_movements_of(fact)]
    sums = sum(each.balance for each in moved), sum(each.claimed for each in moved)
    assert sums == stored(world)
    assert verify(world).exit_code == 0


def _ask(world: World, kind: str, number: int, amount: int) -> None:
    order = f"o{number}"
    match kind:
        case "claim":
            world.when(claim(order, amount, lasts_us=(number + 1) * DAY * MINUTE_US))
        case "settle":
            world.when(settle(order))
        case "release":
            world.when(release(order))
        case "give back":
            world.when(give_back(order, amount))
        case "adjust":
            world.when(adjust(amount))
        case "disable":
            world.when(disable())
        case "enable":
            world.when(enable())
        case "sweep":
            world.when(sweep_value())
        case _:
            world.when()
