"""Returns that are refunded or exchanged, in any sequence of commands: money is where a small model
says it is, and of all that any order has taken none goes back twice.

The model knows nothing of facts: of each order what it costs, what another gives for it, and what
its provider has brought and sent back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import RefundState
from tests.scenarios.commands import register
from tests.scenarios.fulfilment_commands import (
    come_back,
    create,
    exchange,
    leave,
    pay_back,
    send_back,
)
from tests.scenarios.order_commands import (
    cancel,
    declined,
    order_id,
    order_row,
    paid,
    place,
    refund,
    refund_told,
    terms,
    verify,
)
from tests.scenarios.world import World

UNITS = 3
NUMBERS = st.integers(1, 4)
STEPS = st.one_of(
    st.tuples(st.just("exchange"), NUMBERS, NUMBERS, st.sampled_from([1, 11, 12, 50])),
    st.tuples(st.sampled_from(["pay", "decline", "cancel"]), NUMBERS),
    st.tuples(st.just("return"), NUMBERS),
    st.tuples(st.sampled_from(["pay back", "units", "amount", "all"]), NUMBERS),
    st.tuples(st.sampled_from(["paid back", "failed"]), NUMBERS),
)


@dataclass
class Bought:
    """An order. `given`: what the order `source` gives for its return `by`; `came`: its own returns
    that are neither refunded nor exchanged; `owed`: what others have given back and nobody was
    sent."""

    cost: int
    source: int = 0
    by: str = ""
    given: int = 0
    status: str = "pending"
    collected: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    passed_on: set[str] = field(default_factory=set)
    returns: int = 0
    came: list[str] = field(default_factory=list)
    owed: int = 0

    @property
    def in_till(self) -> int:
        """What the provider has brought and not sent back."""
        return self.collected - sum(self.sent.values())


class Model:
    """A till for each order, on paper."""

    def __init__(self) -> None:
        self.orders: dict[int, Bought] = {}

    def give_back(self, order: Bought, amount: int, name: str, *, passed_on: bool = False) -> None:
        """Of its own till first; the rest goes to the order that was exchanged for it, and on."""
        sends = min(amount, order.in_till)
        if sends:
            order.sent[name] = sends
            order.waiting.append(name)
            order.passed_on |= {name} if passed_on else set()
        if sends < amount:
            order.given -= amount - sends
            assert order.given >= 0
            source = self.orders[order.source]
            back, source.owed = source.owed + amount - sends, 0
            self.give_back(source, back, f"{name}-exchange", passed_on=True)

    def give_up(self, order: Bought) -> None:
        """Have what was to be exchanged be there again."""
        order.status = "ended"
        if order.given:
            self.orders[order.source].came.append(order.by)
            order.given = 0


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, min_size=5, max_size=30))
def test_money_is_where_the_model_says(steps: list[tuple[object, ...]]) -> None:
    """Of two orders that were paid, each with a return that has come."""
    world, model = World().given(register()), Model()
    for first, price in ((1, 34), (2, 1)):
        world.given(place(first, terms(("FILE", UNITS, price))))
        paid_for = model.orders[first] = Bought(UNITS * price)
        _end(world, model, first, paid_for, "pay")
        _return(world, first, paid_for)
    for count, (kind, number, *more) in enumerate(steps):
        assert isinstance(number, int)
        if (order := model.orders.get(number)) is None:
            continue
        if kind == "exchange":
            _exchange(world, model, number, order, f"ref_{count}", *more)
        elif kind in ("pay", "decline", "cancel"):
            _end(world, model, number, order, f"{kind}")
        elif kind == "return":
            _return(world, number, order)
        elif kind in ("paid back", "failed"):
            _tell(world, number, order, f"{kind}")
        else:
            _refund(world, model, number, order, f"{kind}", f"ref_{count}")
        _then_money_is_there(world, model)
    report = verify(world)
    assert report.exit_code == 0, report.as_dict()


def _then_money_is_there(world: World, model: Model) -> None:
    sold = reserved = 0
    for number, order in model.orders.items():
        row = order_row(world, number)
        assert order.in_till >= 0
        if order.status == "sold":
            assert row["refunded"] <= row["total"]
            sold += row["total"] - row["refunded"]
        elif order.status == "pending":
            reserved += order.given
    assert sold + reserved == sum(each.in_till for each in model.orders.values())


def _exchange(
    world: World, model: Model, number: int, order: Bought, name: str, new: object, price: object
) -> None:
    assert isinstance(new, int)
    assert isinstance(price, int)
    if not order.came or new in model.orders:
        return
    came, cost = order.came[-1], UNITS * price
    placed = place(new, terms(("FILE", UNITS, price)))
    world.when(exchange(placed, -1, came, number, key=f"told {name}"))
    told = re.search(r"is worth (\d+)\.(\d\d) usd", str(world.refusals[0]))
    if told is None:  # nothing of it is left
        return
    worth = int("".join(told.groups()))
    world.given(exchange(placed, worth, came, number, key=name))
    order.came.pop()
    bought = model.orders[new] = Bought(cost, number, came, min(worth, cost))
    if worth >= cost:
        bought.status = "sold"
    if worth > cost:
        model.give_back(order, worth - cost, f"ref of {name}")


def _end(world: World, model: Model, number: int, order: Bought, kind: str) -> None:
    is_pending, rest = order.status == "pending", order.cost - order.given
    if kind == "pay" and is_pending:
        world.given(paid(number, rest))
        order.status, order.collected = "sold", rest
    elif kind == "decline" and is_pending:
        world.given(declined(number))
        model.give_up(order)
    elif kind == "cancel":
        before = order_row(world, number)["refunded"]
        world.when(cancel(number))
        if world.facts and is_pending:
            model.give_up(order)
        elif world.facts:
            back = order_row(world, number)["refunded"] - before
            model.give_back(order, back, f"{order_id(number)}-cancel")


def _return(world: World, number: int, order: Bought) -> None:
    """One unit, of an order that is sent whole before the first."""
    name = f"ret_{order.returns}"
    if not order.returns:
        world.when(create(number=number), leave(number=number))
    world.when(send_back(name, (1, 1), number=number), come_back(name, number=number))
    if world.facts and not world.refusals:
        order.returns += 1
        order.came.append(name)


def _refund(world: World, model: Model, number: int, order: Bought, kind: str, name: str) -> None:
    before = order_row(world, number)["refunded"]
    if kind == "pay back":
        if not order.came:
            return
        world.when(pay_back(order.came[-1], number, key=name))
        name = f"ref of {name}"
    elif kind == "units":
        world.when(refund(number, AskedLine(1, units=1), id=name))
    else:
        world.when(refund(number, id=name, amount=5 if kind == "amount" else None))
    back = order_row(world, number)["refunded"] - before
    assert back >= 0
    if not back:
        assert world.refusals
        return
    if kind == "pay back":
        order.came.pop()
    passes_on = kind == "all" and order.owed > 0
    if passes_on:
        assert back == order.owed
        order.owed = 0
    model.give_back(order, back, name, passed_on=passes_on)


def _tell(world: World, number: int, order: Bought, kind: str) -> None:
    if not order.waiting:
        return
    name = order.waiting.pop(0)
    state = RefundState.PAID if kind == "paid back" else RefundState.FAILED
    world.given(refund_told(number, name, order.sent[name], state))
    assert world.facts
    if state is RefundState.FAILED:
        amount = order.sent.pop(name)
        order.owed += amount if name in order.passed_on else 0
