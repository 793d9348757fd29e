"""Internal transfers in any sequence of steps and refunds: units are where a small model says, and
there are as many as there were, which cost what they did.

The model knows nothing of facts: two lines that move units of one asset, for 100 each, and how many
of each line are where.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api.commands.command import Command
from ledger.ordering.refund_shares import AskedLine
from tests.scenarios.commands import ORG, register
from tests.scenarios.order_commands import paid, place, refund, refund_told, status
from tests.scenarios.stock_commands import HERE, THERE, level, location, receive
from tests.scenarios.transfer_commands import (
    moving,
    send,
    take_in,
    transfer_row,
    turn_away,
    verify_transfers,
)
from tests.scenarios.world import World

PRICE, STOCK, COST, ORDERED = 100, 7, 1_001, {1: 4, 2: 2}
ASSET = "LAPTOP"
STEPS = st.tuples(
    st.sampled_from(["send", "take in", "turn away", "refund", "paid"]),
    st.integers(1, 2),
    st.integers(1, 4),
)

_ACTS: dict[str, Callable[..., Command[Any]]] = {
    "send": send,
    "take in": take_in,
    "turn away": turn_away,
}


@dataclass
class Line:
    """Where the units of a line are."""

    to_send: int
    on_the_way: int = 0
    there: int = 0
    back: int = 0
    asked_back: int = 0
    paid_back: int = 0

    def step(self, kind: str, units: int) -> bool:
        """Have units go a step; tell whether they can."""
        if kind == "send":
            can = units <= self.to_send - self.asked_back
            if can:
                self.to_send, self.on_the_way = self.to_send - units, self.on_the_way + units
            return can
        can = units <= self.on_the_way
        if can:
            self.on_the_way -= units
            self.there += units if kind == "take in" else 0
            self.back += units if kind == "turn away" else 0
        return can

    def pay_back(self, units: int) -> None:
        """Have units be paid back that were asked back: those that have not left never leave."""
        self.asked_back, self.paid_back = self.asked_back - units, self.paid_back + units
        self.to_send -= min(self.to_send, units)


@settings(max_examples=50, deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_units_are_where_the_model_says(steps: list[tuple[str, int, int]]) -> None:
    world = World().given(
        register(), location(), location(THERE, 1), receive(STOCK, sku=ASSET, cost=COST)
    )
    agreed = moving(*((ASSET, units, PRICE) for units in ORDERED.values()))
    world.given(place(agreed=agreed), paid(amount=PRICE * sum(ORDERED.values())))
    lines = {number: Line(units) for number, units in ORDERED.items()}
    waiting: list[tuple[str, int, int]] = []
    has_left = False
    for count, (kind, number, units) in enumerate(steps):
        line, key = lines[number], f"{kind} {count}"
        is_over = sum(each.paid_back for each in lines.values()) == sum(ORDERED.values())
        if kind == "refund":
            world.when(refund(1, AskedLine(number, units=units), id=key))
            if units <= ORDERED[number] - line.asked_back - line.paid_back:
                line.asked_back += units
                waiting.append((key, number, units))
        elif kind == "paid" and waiting:
            name, of, some = waiting.pop(0)
            world.given(refund_told(1, name, some * PRICE))
            lines[of].pay_back(some)
        elif kind != "paid":
            world.when(_ACTS[kind](units, line=number, key=key))
            can = not (kind == "send" and is_over) and line.step(kind, units)
            assert bool(world.refusals) is not can, (world.outcomes, lines)
            has_left = has_left or (kind == "send" and can)
        _compare(world, lines, has_left=has_left)
    assert verify_transfers(world).exit_code == 0


def _compare(world: World, lines: dict[int, Line], *, has_left: bool) -> None:
    to_send = sum(each.to_send for each in lines.values())
    way = sum(each.on_the_way for each in lines.values())
    there = sum(each.there for each in lines.values())
    assert level(world, HERE, ASSET) == (STOCK - way - there, to_send, 0)
    assert level(world, THERE, ASSET)[0] == there
    places = world.event_store.kept_rows(
        "stock_levels", [(ORG, each, ASSET) for each in (HERE, THERE)]
    )
    worth = sum(row["value"] for row in places)
    assert worth < COST if way else worth == COST
    for number, line in lines.items():
        row = transfer_row(world, line=number)
        moved = row["sent"], row["received"], row["refused"]
        assert moved == (line.on_the_way + line.there + line.back, line.there, line.back)
    if sum(each.paid_back for each in lines.values()) == sum(ORDERED.values()):
        assert status(world)[0] == "refunded"
    elif not to_send:
        assert status(world)[0] == "fulfilled"
    else:
        assert status(world)[0] == ("partially_fulfilled" if has_left else "confirmed")
