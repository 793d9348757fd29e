"""Exchanging: what an order gives for goods of it that came back, as the new order is placed,
confirmed, given up or gives some of it back, decided in the unit of work of that."""

from __future__ import annotations

from api.commands.ordering.lookup import find_order
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Conflict
from ledger.kernel.limits import EXCHANGES_IN_A_ROW_MAX
from ledger.ordering.order import Order
from ledger.ordering.order_base import ExchangeState
from ledger.ordering.value_payment import ValuePayment


def check_in_a_row(unit: UnitOfWork, org: str, order: Order) -> None:
    """Refuse to exchange what came by too many exchanges, one of the other: what goes back goes
    back through all of them."""
    found = order
    for _ in range(EXCHANGES_IN_A_ROW_MAX):
        source = next((each.of for each in found.paid_from if each.is_exchange), None)
        if source is None:
            return
        found = find_order(unit, org, source.name)
    raise Conflict(
        f"it came by {EXCHANGES_IN_A_ROW_MAX} exchanges in a row: refund the return, and order "
        "anew.",
        field="id",
    )


def check(unit: UnitOfWork, org: str, part: ValuePayment, new_order: str) -> None:
    """Refuse a new order what it has let go of. Records nothing."""
    found = find_order(unit, org, part.of.name).exchanges.get(new_order)
    if found is not None and found.state is not ExchangeState.PENDING:
        raise Conflict("the order has let go of its exchange: begin another.", field="id")


def settle(unit: UnitOfWork, org: str, part: ValuePayment, new_order: str, actor: Actor) -> None:
    """Pay a new order what is reserved for it."""
    order = find_order(unit, org, part.of.name)
    order.settle_exchange(new_order, unit.now(org))
    _record(unit, order, actor)


def release(unit: UnitOfWork, org: str, part: ValuePayment, new_order: str, actor: Actor) -> None:
    """Reserve nothing any more for a new order."""
    order = find_order(unit, org, part.of.name)
    order.end_exchange(new_order, unit.now(org))
    _record(unit, order, actor)


def give_back(
    unit: UnitOfWork, org: str, part: ValuePayment, new_order: str, refund: str, actor: Actor
) -> None:
    """Have what a new order gives back go on to the buyer, by the order that has paid it."""
    order = find_order(unit, org, part.of.name)
    order.return_exchanged(new_order, part.amount, f"{refund}-exchange", unit.now(org))
    _record(unit, order, actor)


def _record(unit: UnitOfWork, order: Order, actor: Actor) -> None:
    if order.pending_events:
        unit.record(order, actor)
