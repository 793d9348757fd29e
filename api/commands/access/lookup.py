"""Lookup of what lines of orders have given."""

from __future__ import annotations

from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.access.order_grant import OrderGrant, grant_id, grant_name
from ledger.kernel.errors import NotFound
from ledger.ordering.order import Order
from ledger.ordering.order_terms import PlacedLine


def find_grant(unit: UnitOfWork, org: str, grant: str) -> OrderGrant:
    """Return what a line has given, by its id. Refused where there is none of that id."""
    found = unit.get(OrderGrant, grant_id(org, grant))
    if found is None:
        raise NotFound("there is no grant of that id.", field="id")
    return found


def grants_of(unit: UnitOfWork, org: str, order: Order) -> list[tuple[PlacedLine, OrderGrant]]:
    """Return what an order has given, with its lines; before it is confirmed that is nothing."""
    found = []
    for line in giving(order):
        grant = unit.get(OrderGrant, grant_id(org, grant_name(order.id_in_org, line.id)))
        if grant is not None:
            found.append((line, grant))
    return found


def giving(order: Order) -> list[PlacedLine]:
    """Return the lines of an order that give something."""
    return [e for e in order.terms.lines if e.benefit is not None and e.benefit.is_granted]


def grant_refs(org: str, grant: str) -> list[AggregateRef]:
    """Return what a line has given, to fetch it with all others."""
    return [(OrderGrant, grant_id(org, grant))]
