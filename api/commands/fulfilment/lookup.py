"""Lookup of what is sent of orders."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.inventory.lookup import stock_refs
from api.commands.ordering.lookup import order_refs
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.fulfilment.fulfilment import Fulfilment, fulfilment_id, no_shipment
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


def fulfilment_refs(unit: UnitOfWork, org: str, order: str) -> Iterable[AggregateRef]:
    """Return an order, its shipments and the stock that is reserved for it, to fetch it all at
    once."""
    found = unit.get(Order, order_id(org, order))
    parts = found.parts if found is not None else []
    return [
        *order_refs(org, order),
        (Fulfilment, fulfilment_id(org, order)),
        *stock_refs(org, [(each.location, each.sku) for each in parts]),
    ]


def check_sold(order: Order) -> None:
    """Refuse an order of which nothing is sent: it is not bought, or not any more."""
    if order.status not in SOLD:
        can = ", ".join(each.value for each in sorted(SOLD))
        raise Invalid(
            f"the order is {order.status}: goods are sent of one that is {can}.", field="status"
        )
