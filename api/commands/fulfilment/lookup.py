"""Lookup of what is sent of orders, and of what became of their units."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.inventory.lookup import stock_refs
from api.commands.ordering.lookup import order_refs
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.fulfilment.fulfilment import Fulfilment, fulfilment_id, no_shipment
from ledger.fulfilment.goods import GoodsLine, LineUnits, goods_of, moved_of
from ledger.internal_transfers.internal_transfer import (
    InternalTransfer,
    transfer_id,
    transfer_name,
)
from ledger.kernel.errors import Invalid
from ledger.ordering.order import Order, order_id
from ledger.ordering.order_status import SOLD


def find_fulfilment(unit: UnitOfWork, org: str, order: str) -> Fulfilment:
    """Return what is sent of an order. Refused where there is no shipment of it."""
    found = unit.get(Fulfilment, fulfilment_id(org, order))
    if found is None:
        raise no_shipment()
    return found


def opened_fulfilment(unit: UnitOfWork, org: str, order: Order) -> Fulfilment:
    """Return what is sent of an order, which begins where nothing was."""
    found = unit.get(Fulfilment, fulfilment_id(org, order.id_in_org))
    return found or Fulfilment.open(org, order.id_in_org, order.terms, unit.now(org))


def lines_of_order(unit: UnitOfWork, org: str, order: Order) -> list[LineUnits]:
    """Return what became of the units of an order that leave: of its goods, and of what it moves
    from one location to another."""
    found = unit.get(Fulfilment, fulfilment_id(org, order.id_in_org))
    goods = found.lines() if found is not None else [LineUnits(e) for e in goods_of(order.terms)]
    return goods + [_moved(unit, org, order, each) for each in moved_of(order.terms)]


def _moved(unit: UnitOfWork, org: str, order: Order, moved: GoodsLine) -> LineUnits:
    transfer = unit.get(InternalTransfer, _transfer_of(org, order, moved))
    if transfer is None:
        return LineUnits(moved)
    units = transfer.units
    return LineUnits(moved, withdrawn=units.withdrawn, shipped=units.sent, delivered=units.received)


def _transfer_of(org: str, order: Order, moved: GoodsLine) -> str:
    return transfer_id(org, transfer_name(order.id_in_org, moved.line))


def fulfilment_refs(unit: UnitOfWork, org: str, order: str) -> Iterable[AggregateRef]:
    """Return an order, its shipments, its internal transfers and the stock that is reserved for it,
    to fetch it all at once."""
    refs: list[AggregateRef] = [*order_refs(org, order), (Fulfilment, fulfilment_id(org, order))]
    found = unit.get(Order, order_id(org, order))
    if found is not None:
        moved = moved_of(found.terms)
        refs += [(InternalTransfer, _transfer_of(org, found, each)) for each in moved]
        refs += stock_refs(org, [(each.location, each.sku) for each in found.parts])
    return refs


def check_sold(order: Order) -> None:
    """Refuse an order of which nothing is sent: it is not bought, or not any more."""
    if order.status not in SOLD:
        can = ", ".join(each.value for each in sorted(SOLD))
        raise Invalid(
            f"the order is {order.status}: goods are sent of one that is {can}.", field="status"
        )
