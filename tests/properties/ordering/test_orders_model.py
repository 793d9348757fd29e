"""Orders in any sequence of commands: what they hold, take and give back is as a small model says.

The model knows nothing of facts: units of one SKU, a promotion that two orders can have, one cart,
and of each order what it costs, what it took and what goes back. Each order is of 101 a unit, less
a third with the promotion.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.kernel.times import format_time
from ledger.ordering.refund_shares import AskedLine
from ledger.promotions.promotion_book import promotion_id, restore_promotions
from ledger.purchases.notice import RefundState
from tests.scenarios.commands import ORG, register
from tests.scenarios.order_commands import (
    cancel,
    declined,
    expire,
    order_row,
    paid,
    place,
    refund,
    refund_told,
    terms,
    verify,
)
from tests.scenarios.promotion_commands import publish_promotion
from tests.scenarios.stock_commands import level, location, receive, sweep
from tests.scenarios.world import World, at

STOCK, LIMIT, QUARTER_US = 3, 2, 15 * 60 * 1_000_000
Drawn = tuple[str | int, ...]
NUMBERS = st.integers(1, 3)
STEPS = st.one_of(
    st.tuples(st.just("place"), NUMBERS, st.integers(1, 2), st.booleans(), st.booleans()),
    st.tuples(st.sampled_from(["pay", "pay less", "decline", "cancel"]), NUMBERS),
    st.tuples(st.just("refund units"), NUMBERS, st.integers(1, 2)),
    st.tuples(st.just("refund amount"), NUMBERS, st.integers(1, 250)),
    st.tuples(st.sampled_from(["paid back", "failed"]), NUMBERS),
    st.tuples(st.just("time"), st.just(0)),
)


@dataclass
class Sold:
    """An order, as anybody would tell of it. `back`: amounts on their way or back, by refunds."""

    units: int
    cost: int
    promoted: bool
    carted: bool
    status: str = "pending"
    took: int = 0
    holds: bool = True
    back: dict[str, int] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    returned: int = 0
    refunds: int = 0


class Model:
    """A shop on paper."""

    def __init__(self) -> None:
        self.orders: dict[int, Sold] = {}
        self.promoted: set[int] = set()
        self.cart: int | None = None
        self.bought = False

    @property
    def held(self) -> int:
        """Units that are set aside."""
        return sum(each.units for each in self.orders.values() if each.holds)

    def has_room(self, number: int, order: Sold) -> bool:
        """Whether an order gets all that it wants."""
        others = self.held - (order.units if number in self.orders and order.holds else 0)
        return (
            others + order.units <= STOCK
            and (not order.promoted or len(self.promoted - {number}) < LIMIT)
            and (not order.carted or self.cart in (None, number))
        )

    def hold(self, number: int, order: Sold) -> None:
        """Give it."""
        self.orders[number], order.holds = order, True
        if order.promoted:
            self.promoted.add(number)
        if order.carted:
            self.cart = number

    def give_up(self, number: int, status: str) -> None:
        """Take all of it away again."""
        order = self.orders[number]
        order.status, order.holds = status, False
        self.promoted.discard(number)
        if self.cart == number and not self.bought:
            self.cart = None

    def pay(self, number: int) -> None:
        """Take the money, if the order is there to be had."""
        order = self.orders[number]
        if order.took or order.status == "cancelled":
            return
        if order.status == "payment_failed":
            if not self.has_room(number, order):
                return
            self.hold(number, order)
        order.status, order.took = "confirmed", order.cost
        self.bought = self.bought or order.carted


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_orders_hold_take_and_give_back_as_the_model_says(
    steps: list[tuple[str | int, ...]],
) -> None:
    world, model = World().given(register(), location(), receive(STOCK)), Model()
    world.given(publish_promotion("third", key="third", bps=3_333, redemptions_max=LIMIT))
    for count, (kind, *numbers) in enumerate(steps):
        _do(world, model, count, str(kind), *(int(each) for each in numbers))
        assert level(world) == (STOCK, model.held, 0)
        name = promotion_id(ORG, "third")
        redeemed = restore_promotions(world.event_store, [name])[name].current.redeemed
        assert redeemed == len(model.promoted)
        for number, order in model.orders.items():
            row = order_row(world, number)
            assert row["refunded"] == sum(order.back.values()) <= order.took
            is_back = order.status == "confirmed" and order.took and order.returned == order.took
            assert row["status"] == ("refunded" if is_back else order.status)
    assert verify(world).exit_code == 0


def _do(world: World, model: Model, count: int, kind: str, number: int, *more: int) -> None:
    order = model.orders.get(number)
    if kind == "time":
        _pass_time(world, model)
    elif kind == "place" and order is None:
        units, promoted, carted = more
        _place(world, model, number, units, promoted=bool(promoted), carted=bool(carted))
    elif kind == "place" or order is None:
        return
    elif kind == "pay":
        world.when(paid(number, order.cost, payment=f"pi_{number}"))
        model.pay(number)
    elif kind == "pay less":
        world.when(paid(number, order.cost - 1, payment=f"less {count}"))
    elif kind == "decline":
        world.when(declined(number))
        if order.status == "pending":
            model.give_up(number, "payment_failed")
    elif kind == "cancel":
        _cancel(world, model, number, order, count)
    else:
        _refund(world, number, order, count, kind, *more)


def _pass_time(world: World, model: Model) -> None:
    world.when(at(format_time(world.clock() + QUARTER_US)), sweep())
    world.when(*(expire(number) for number in model.orders))
    for number, order in model.orders.items():
        if order.status == "pending":
            model.give_up(number, "payment_failed")


def _place(
    world: World, model: Model, number: int, units: int, *, promoted: bool, carted: bool
) -> None:
    agreed = terms(("MUG", units, 101), off=[("third", 3_333)] if promoted else [])
    cost = {1: 101 - 34, 2: 202 - 67}[units] if promoted else 101 * units
    assert agreed.total == cost
    order = Sold(units, cost, promoted, carted)
    world.when(place(number, agreed, cart="cart" if carted else None))
    has_room = model.has_room(number, order)
    assert bool(world.facts) == has_room
    if has_room:
        model.hold(number, order)


def _cancel(world: World, model: Model, number: int, order: Sold, count: int) -> None:
    world.when(cancel(number, key=f"{count}"))
    is_back = order.took and order.returned == order.took
    if order.status not in ("pending", "confirmed") or is_back:
        assert not world.facts
        return
    rest = order.took - sum(order.back.values())
    if rest:
        name = f"ord_{number:024x}-cancel"
        order.back[name] = rest
        order.waiting.append(name)
    model.give_up(number, "cancelled")


def _refund(world: World, number: int, order: Sold, count: int, kind: str, many: int = 0) -> None:
    left = order.took - sum(order.back.values())
    if kind in ("paid back", "failed"):
        if order.waiting:
            name = order.waiting.pop(0)
            state = RefundState.PAID if kind == "paid back" else RefundState.FAILED
            world.given(refund_told(number, name, order.back[name], state))
            if state is RefundState.PAID:
                order.returned += order.back[name]
                if order.returned == order.took and order.status == "confirmed":
                    order.holds = False
            else:
                del order.back[name]
        return
    name = f"ref_{count}"
    if kind == "refund amount":
        world.when(refund(number, id=name, amount=many))
        assert bool(world.facts) == (many <= left)
    else:
        world.when(refund(number, AskedLine(1, units=many), id=name))
    if world.facts:
        before, after = left, order.took - order_row(world, number)["refunded"]
        order.back[name] = before - after
        assert 0 < order.back[name] <= left
        order.waiting.append(name)
