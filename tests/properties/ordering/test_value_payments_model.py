"""Orders that a gift card, store credit and a provider pay, in any sequence of commands: money is
where a small model says it is, and none comes or goes.

The model knows nothing of facts: two purses, and of each order what it took from which.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import RefundState
from tests.scenarios.commands import register
from tests.scenarios.order_commands import (
    cancel,
    declined,
    order_id,
    order_row,
    paid,
    paid_from,
    place,
    refund,
    refund_told,
    terms,
    verify,
)
from tests.scenarios.value_commands import ON_CARD, credit, credit_of, issue, stored
from tests.scenarios.world import World

PURSES = (ON_CARD, credit_of())
FILLED = (150, 90)
NUMBERS = st.integers(1, 3)
STEPS = st.one_of(
    st.tuples(st.just("place"), NUMBERS, st.integers(1, 3), st.sampled_from([(0,), (1,), (0, 1)])),
    st.tuples(st.sampled_from(["pay", "decline", "cancel"]), NUMBERS),
    st.tuples(st.just("units"), NUMBERS, st.integers(1, 2)),
    st.tuples(st.just("amount"), NUMBERS, st.integers(1, 200)),
    st.tuples(st.sampled_from(["paid back", "failed"]), NUMBERS),
)


@dataclass
class Bought:
    """An order: what each purse gives, in order, and what the provider is to bring."""

    cost: int
    gives: dict[int, int]
    status: str = "pending"
    collected: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    back: dict[int, int] = field(default_factory=dict)

    @property
    def rest(self) -> int:
        """What the provider is asked for."""
        return self.cost - sum(self.gives.values())

    @property
    def left(self) -> int:
        """What may go back."""
        if self.status not in ("confirmed", "cancelled") or not (self.collected or not self.rest):
            return 0
        return self.cost - sum(self.sent.values()) - sum(self.back.values())


class Model:
    """A till on paper."""

    def __init__(self) -> None:
        self.orders: dict[int, Bought] = {}
        self.purses = dict(enumerate(FILLED))
        """What nobody has claimed or spent."""

    def take(self, order: Bought, sign: int = -1) -> None:
        """Have an order have what it is paid from, or not any more."""
        for purse, amount in order.gives.items():
            self.purses[purse] += sign * amount

    def give_back(self, order: Bought, amount: int, name: str) -> None:
        """To the provider first, then to the purse that gave last."""
        sends = min(amount, order.collected - sum(order.sent.values()))
        if sends:
            order.sent[name] = sends
            order.waiting.append(name)
        for purse in reversed(order.gives):
            part = min(amount - sends, order.gives[purse] - order.back.get(purse, 0))
            order.back[purse] = order.back.get(purse, 0) + part
            self.purses[purse] += part
            sends += part
        assert sends == amount


@settings(max_examples=50, deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_money_is_where_the_model_says(steps: list[tuple[object, ...]]) -> None:
    world, model = World().given(register(), issue(FILLED[0]), credit(FILLED[1])), Model()
    for count, (kind, number, *more) in enumerate(steps):
        assert isinstance(number, int)
        _do(world, model, f"{kind}", number, more, f"ref_{count}")
        for purse, source in enumerate(PURSES):
            balance, claimed = stored(world, source)
            assert balance - claimed == model.purses[purse]
        for name, order in model.orders.items():
            row = order_row(world, name)
            assert row["refunded"] == sum(order.sent.values()) + sum(order.back.values())
            assert row["refunded"] <= order.cost
    assert verify(world).exit_code == 0


def _do(world: World, model: Model, kind: str, number: int, more: list[object], name: str) -> None:
    order = model.orders.get(number)
    if kind == "place" and order is None:
        units, purses = more
        assert isinstance(units, int)
        assert isinstance(purses, tuple)
        _place(world, model, number, units, purses)
    elif kind == "place" or order is None:
        return
    elif kind == "pay" and order.rest:
        world.when(paid(number, order.rest))
        _pay(model, order)
    elif kind == "decline":
        world.when(declined(number))
        if order.status == "pending":
            order.status = "payment_failed"
            model.take(order, 1)
    elif kind == "cancel":
        _cancel(world, model, number, order)
    elif kind in ("paid back", "failed"):
        _end(world, order, number, kind)
    elif kind in ("units", "amount"):
        _refund(world, model, number, order, kind, more, name)


def _place(world: World, model: Model, number: int, units: int, purses: tuple[int, ...]) -> None:
    cost, gives, left = 41 * units, {}, 41 * units
    for purse in purses:
        gives[purse] = min(left, model.purses[purse])
        left -= gives[purse]
    values = paid_from(*(PURSES[purse] for purse in purses))
    world.when(place(number, terms(("FILE", units, 41)), values=values))
    is_empty = 0 in gives and not gives[0]  # a card must give something
    assert bool(world.facts) != is_empty
    if not is_empty:
        order = model.orders[number] = Bought(cost, {n: each for n, each in gives.items() if each})
        model.take(order)
        order.status = "pending" if order.rest else "confirmed"


def _pay(model: Model, order: Bought) -> None:
    if order.collected or order.status == "cancelled":
        return
    if order.status == "payment_failed":
        if any(model.purses[purse] < amount for purse, amount in order.gives.items()):
            return
        model.take(order)
    order.status, order.collected = "confirmed", order.rest


def _cancel(world: World, model: Model, number: int, order: Bought) -> None:
    world.when(cancel(number))
    if not world.facts:
        return
    if order.status == "pending":
        model.take(order, 1)
    elif order.left:
        model.give_back(order, order.left, f"{order_id(number)}-cancel")
    order.status = "cancelled"


def _end(world: World, order: Bought, number: int, kind: str) -> None:
    if not order.waiting:
        return
    name = order.waiting.pop(0)
    state = RefundState.PAID if kind == "paid back" else RefundState.FAILED
    world.given(refund_told(number, name, order.sent[name], state))
    if state is RefundState.FAILED:
        del order.sent[name]


def _refund(
    world: World,
    model: Model,
    number: int,
    order: Bought,
    kind: str,
    more: list[object],
    name: str,
) -> None:
    (many,) = more
    assert isinstance(many, int)
    before = order_row(world, number)["refunded"]
    if kind == "units":
        world.when(refund(number, AskedLine(1, units=many), id=name))
    else:
        world.when(refund(number, id=name, amount=many))
        assert bool(world.facts) == (many <= order.left)
    if world.facts:
        back = order_row(world, number)["refunded"] - before
        assert 0 < back <= order.left
        model.give_back(order, back, name)
