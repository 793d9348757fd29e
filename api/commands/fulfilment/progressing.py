"""Progressing: an order is as far as its shipments and internal transfers are, in the commit of
whatever changes that.

None of it may refuse what it is of.
"""

from __future__ import annotations

from collections import Counter

from api.commands.by import By
from api.commands.fulfilment.lookup import lines_of_order, opened_fulfilment
from api.commands.inventory import reserving
from api.commands.inventory.lookup import still_reserved
from api.commands.ordering.holdings import found_of
from api.commands.ordering.lookup import order_with
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.fulfilment.fulfilment import Fulfilment, fulfilment_id
from ledger.fulfilment.goods import GoodsLine, LineUnits, goods_of, moved_of, progress_of
from ledger.inventory.reservation import StockLine
from ledger.kernel.actor import Actor
from ledger.ordering.order import Order
from ledger.ordering.order_captures import OrderLessened
from ledger.ordering.order_refunds import OrderRefundPaid
from ledger.ordering.order_status import NEXT, SOLD, OrderStatus
from ledger.ordering.value_returns import OrderValueReturned


def progress(unit: UnitOfWork, org: str, order: Order, actor: Actor) -> None:
    """Have an order be as far as its units are, where that is further."""
    _progress(unit, org, order, lines_of_order(unit, org, order), actor)


def _progress(
    unit: UnitOfWork, org: str, order: Order, lines: list[LineUnits], actor: Actor
) -> None:
    status = progress_of(lines)
    if order.status in SOLD and status in NEXT[order.status]:
        order.progress(status, unit.now(org))
        unit.record(order, actor)


def begin(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Have an order that is confirmed be fulfilled if nothing of it is sent."""
    org, order = order_with(unit, pending_fact)
    lines = [LineUnits(each) for each in goods_of(order.terms) + moved_of(order.terms)]
    _progress(unit, org, order, lines, pending_fact.actor)


def give_up(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Give up the shipments of an order that is not wanted any more."""
    org, order = order_with(unit, pending_fact)
    fulfilment = unit.get(Fulfilment, fulfilment_id(org, order.id_in_org))
    if fulfilment is not None:
        fulfilment.cancel_all(unit.now(org))
        if fulfilment.pending_events:
            unit.record(fulfilment, pending_fact.actor)


def withdraw(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Have units that were paid back, or are not bought any more, and have not left, never be sent:
    their stock is free."""
    (org, order), fact = order_with(unit, pending_fact), pending_fact.fact
    assert isinstance(fact, OrderRefundPaid | OrderValueReturned | OrderLessened)
    if order.status is OrderStatus.REFUNDED:
        give_up(unit, pending_fact)
    if order.status not in SOLD or _is_of_return(order, fact):
        return
    units: Counter[int] = Counter()
    for each in fact.lines:
        units[each.line] += each.units
    fulfilment = opened_fulfilment(unit, org, order)
    if gone := fulfilment.withdraw(fact.refund, +units, unit.now(org)):
        unit.record(fulfilment, pending_fact.actor)
        _release(unit, org, order, fulfilment, gone, pending_fact.actor)
        progress(unit, org, order, pending_fact.actor)


def _is_of_return(order: Order, fact: OrderRefundPaid | OrderValueReturned | OrderLessened) -> bool:
    """Tell whether the units of what went back have come back, too."""
    match fact:
        case OrderLessened():
            return False  # none of them was sent
        case OrderRefundPaid():
            return order.refunds[fact.refund].of_return is not None
        case _:
            return fact.of_return is not None


def _release(
    unit: UnitOfWork,
    org: str,
    order: Order,
    fulfilment: Fulfilment,
    gone: list[GoodsLine],
    actor: Actor,
) -> None:
    """Release the stock of what is never sent, and of nothing that is."""
    reserved: Counter[str] = Counter()
    for each in still_reserved(unit, org, found_of(order)):
        reserved[each.stock.sku] += each.part.quantity
    for line in fulfilment.lines():
        reserved[line.goods.sku] -= line.to_ship
    withdrawn: Counter[str] = Counter()
    for goods in gone:
        withdrawn[goods.sku] += goods.units
    lines = [
        StockLine(sku, min(units, reserved[sku]))
        for sku, units in withdrawn.items()
        if reserved[sku] > 0
    ]
    if lines:
        reserving.release_found(unit, org, found_of(order), lines, By(actor))
