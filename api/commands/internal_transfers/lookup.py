"""Lookup of internal transfers."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.fulfilment.lookup import fulfilment_refs
from api.commands.inventory.lookup import stock_refs
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.internal_transfers.internal_transfer import (
    InternalTransfer,
    transfer_id,
    transfer_name,
)
from ledger.kernel.errors import NotFound
from ledger.ordering.order import Order


def find_transfer(unit: UnitOfWork, org: str, transfer: str) -> InternalTransfer:
    """Return an internal transfer. Refused where there is none of that id."""
    found = unit.get(InternalTransfer, transfer_id(org, transfer))
    if found is None:
        raise NotFound("there is no internal transfer of that id.", field="id")
    return found


def transfers_of(unit: UnitOfWork, org: str, order: Order) -> list[InternalTransfer]:
    """Return the internal transfers of an order, as far as they are requested."""
    names = [transfer_name(order.id_in_org, e.id) for e in order.terms.lines if e.is_transferred]
    found = (unit.get(InternalTransfer, transfer_id(org, name)) for name in names)
    return [each for each in found if each is not None]


def transfer_refs(unit: UnitOfWork, org: str, transfer: str) -> Iterable[AggregateRef]:
    """Return an internal transfer with all of its order, and its stock at both ends, to fetch it
    all at once."""
    name = transfer_id(org, transfer)
    found = unit.get(InternalTransfer, name)
    if found is None:
        return [(InternalTransfer, name)]
    places = [(each, found.sku) for each in (found.from_location, found.to_location)]
    return [*fulfilment_refs(unit, org, found.order), *stock_refs(org, places)]
