"""Lookup of orders and of the checkouts of carts."""

from __future__ import annotations

from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.errors import NotFound
from ledger.kernel.ids import split_stream_id
from ledger.ordering.order import Order, order_id


def find_order(unit: UnitOfWork, org: str, order: str) -> Order:
    """Return an order of an org. Refused where there is none of that id."""
    found = unit.get(Order, order_id(org, order))
    if found is None:
        raise NotFound("there is no order of that id.", field="id")
    return found


def order_with(unit: UnitOfWork, pending_fact: PendingFact) -> tuple[str, Order]:
    """Return the org and the order of a fact of an order that is recorded."""
    found = unit.get(Order, pending_fact.aggregate_id)
    assert found is not None  # its fact is recorded
    org, _ = split_stream_id(found.id)
    return org, found


def order_refs(org: str, order: str) -> list[AggregateRef]:
    """Return an order, to fetch it with all others."""
    return [(Order, order_id(org, order))]
