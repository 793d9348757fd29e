"""Shipments, refunds and returns in any sequence: what leaves, is to leave and comes back is as a
small model says.

The model knows nothing of facts: an order of four mugs, of which stock is kept, and two cups, each
for 100, and what was done with each unit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.inventory.condition import Condition
from ledger.kernel.errors import LedgerError
from ledger.ordering.refund_shares import AskedLine
from ledger.returns.returns import CameBack
from tests.scenarios.commands import register
from tests.scenarios.fulfilment_commands import (
    come_back,
    create,
    leave,
    pay_back,
    send_back,
    unpack,
)
from tests.scenarios.order_commands import (
    order_row,
    paid,
    place,
    refund,
    refund_told,
    terms,
    verify,
)
from tests.scenarios.stock_commands import level, location, receive
from tests.scenarios.world import World

ORDERED = {1: 4, 2: 2}
PRICE, TOTAL = 100, 600
LINES, SOME, NAMES = st.integers(1, 2), st.integers(1, 3), st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["create", "refund", "return"]), LINES, SOME),
    st.tuples(st.sampled_from(["ship", "cancel", "paid back", "pay"]), NAMES, st.just(0)),
    st.tuples(st.just("receive"), NAMES, st.integers(0, 2)),
)


@dataclass
class Some:
    """So many units of a line, and what they are doing."""

    line: int
    units: int
    state: str
    sellable: int = 0


@dataclass
class Model:
    """An order on paper."""

    shipments: dict[str, Some] = field(default_factory=dict)
    refunds: dict[str, Some] = field(default_factory=dict)
    returns: dict[str, Some] = field(default_factory=dict)
    withdrawn: Counter[int] = field(default_factory=Counter)
    status: str = "confirmed"

    def units(self, of: dict[str, Some], line: int, *states: str) -> int:
        """How many units of a line do something."""
        return sum(e.units for e in of.values() if e.line == line and e.state in states)

    def shipped(self, line: int) -> int:
        """How many have left."""
        return self.units(self.shipments, line, "shipped")

    def may_ship(self, line: int) -> int:
        """How many may leave, in shipments or not."""
        going = self.units(self.refunds, line, "pending")
        return max(0, ORDERED[line] - self.withdrawn[line] - self.shipped(line) - going)

    def refunded(self, line: int) -> int:
        """How many are paid back, or about to be."""
        return self.units(self.refunds, line, "pending", "paid", "of return", "of return, paid")

    @property
    def is_sold(self) -> bool:
        """Whether anything can be sent."""
        return self.status != "refunded"

    def progress(self) -> None:
        """Be as far as the goods are, and never less far."""
        left = sum(ORDERED[n] - self.withdrawn[n] - self.shipped(n) for n in ORDERED)
        if not self.is_sold:
            return
        if sum(e.units for e in self.refunds.values() if "paid" in e.state) == 6:
            self.status = "refunded"
            for each in self.shipments.values():
                each.state = "cancelled" if each.state == "created" else each.state
        elif not left:
            self.status = "fulfilled"
        elif any(self.shipped(line) for line in ORDERED):
            self.status = "partially_fulfilled"
        elif self.status == "confirmed" and self.shipments:
            self.status = "processing"


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=16))
def test_units_leave_and_come_back_as_the_model_says(steps: list[tuple[str, int, int]]) -> None:
    world, model = World().given(register(), location(), receive(4)), Model()
    world.given(place(agreed=terms(("MUG", 4, PRICE), ("CUP", 2, PRICE))), paid(amount=TOTAL))
    for count, (kind, number, units) in enumerate(steps):
        wanted = _do(world, model, f"{kind} {count}", kind, number, units)
        if wanted is not None:
            (outcome,) = world.outcomes
            assert isinstance(outcome, LedgerError) is not wanted, (kind, outcome, model)
        model.progress()
        _compare(world, model)
    report = verify(world)
    assert report.exit_code == 0, report.as_dict()


def _compare(world: World, model: Model) -> None:
    back = [each for each in model.returns.values() if each.line == 1 and each.state != "asked"]
    sellable = sum(each.sellable for each in back)
    damaged = sum(each.units for each in back) - sellable
    reserved = 0 if not model.is_sold else 4 - model.shipped(1) - model.withdrawn[1]
    assert level(world) == (4 - model.shipped(1) + sellable, reserved, damaged)
    row = order_row(world)
    assert row["refunded"] == PRICE * sum(model.refunded(line) for line in ORDERED) <= TOTAL
    assert row["status"] == model.status


def _do(world: World, model: Model, name: str, kind: str, number: int, units: int) -> bool | None:
    """Do it, there and on paper; tell whether it can be; None: there is nothing to do it with."""
    if kind == "create":
        world.when(create(name, (number, units)))
        free = model.may_ship(number) - model.units(model.shipments, number, "created")
        return _put(model.shipments, name, Some(number, units, "created"), units <= free, model)
    if kind == "refund":
        world.when(refund(1, AskedLine(number, units=units), id=name))
        can = units <= ORDERED[number] - model.refunded(number)
        if can:
            model.refunds[name] = Some(number, units, "pending")
        return can
    if kind == "return":
        world.when(send_back(name, (number, units)))
        there = model.shipped(number) - model.units(model.returns, number, "asked", "here", "paid")
        if units <= there:
            model.returns[name] = Some(number, units, "asked")
        return units <= there
    of = {"ship": model.shipments, "cancel": model.shipments, "paid back": model.refunds}
    found = list(of.get(kind, model.returns))
    if number >= len(found):
        return None
    return _MOVES[kind](world, model, name, found[number], units)


def _put(of: dict[str, Some], name: str, some: Some, fits: bool, model: Model) -> bool:
    if fits and model.is_sold:
        of[name] = some
    return fits and model.is_sold


def _ship(world: World, model: Model, name: str, of: str, _: int) -> bool:
    some = model.shipments[of]
    world.when(leave(of, key=name))
    can = some.state == "created" and model.is_sold and some.units <= model.may_ship(some.line)
    some.state = "shipped" if can else some.state
    return can


def _cancel(world: World, model: Model, name: str, of: str, _: int) -> bool:
    some = model.shipments[of]
    world.when(unpack(of, key=name))
    can, some.state = some.state == "created", some.state.replace("created", "cancelled")
    return can


def _paid_back(world: World, model: Model, name: str, of: str, _: int) -> None:
    some = model.refunds[of]
    world.when(refund_told(1, of, some.units * PRICE))
    if some.state == "pending":
        there = ORDERED[some.line] - model.shipped(some.line) - model.withdrawn[some.line]
        some.state = "paid"
        everything = sum(e.units for e in model.refunds.values() if "paid" in e.state) == 6
        if model.is_sold and not everything:
            model.withdrawn[some.line] += min(some.units, there)
    elif some.state == "of return":
        some.state = "of return, paid"


def _receive(world: World, model: Model, name: str, of: str, damaged: int) -> bool:
    some = model.returns[of]
    sellable = max(0, some.units - damaged)
    came = [CameBack(some.line, sellable)] if sellable else []
    if some.units - sellable:
        came.append(CameBack(some.line, some.units - sellable, Condition.DAMAGED))
    world.when(come_back(of, *came, key=name))
    can = some.state == "asked"
    if can:
        some.state, some.sellable = "here", sellable
    return can


def _pay(world: World, model: Model, name: str, of: str, _: int) -> bool:
    some = model.returns[of]
    world.when(pay_back(of, key=name))
    left = ORDERED[some.line] - model.refunded(some.line)
    can = some.state == "here" and some.units <= left
    if can:
        some.state = "paid"
        model.refunds[f"ref of {name}"] = Some(some.line, some.units, "of return")
    return can


_MOVES = {
    "ship": _ship,
    "cancel": _cancel,
    "paid back": _paid_back,
    "receive": _receive,
    "pay": _pay,
}
