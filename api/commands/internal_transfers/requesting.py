"""Requesting: what an order moves is requested in the commit that confirms it, and withdrawn as far
as its money is back, or it is not wanted any more, before it is sent.

None of it may refuse what it is of.
"""

from __future__ import annotations

from collections import Counter

from api.commands.by import By
from api.commands.fulfilment.progressing import progress
from api.commands.internal_transfers.lookup import transfers_of
from api.commands.inventory import reserving
from api.commands.inventory.lookup import still_reserved
from api.commands.ordering.holdings import found_of
from api.commands.ordering.lookup import order_with
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.internal_transfers.internal_transfer import InternalTransfer
from ledger.inventory.reservation import StockLine
from ledger.kernel.actor import Actor
from ledger.ordering.order import Order
from ledger.ordering.order_refunds import OrderRefundPaid
from ledger.ordering.order_status import OrderStatus
from ledger.ordering.value_returns import OrderValueReturned


def request(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Request what the lines of an order move that is confirmed."""
    org, order = order_with(unit, pending_fact)
    for line in order.terms.lines:
        if line.is_transferred:
            at = unit.now(org)
            transfer = InternalTransfer.request(org, order.id_in_org, order.user, line, at)
            unit.record(transfer, pending_fact.actor)


def withdraw_all(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Withdraw what an order has not sent that is not wanted any more; it releases its stock
    itself."""
    org, order = order_with(unit, pending_fact)
    for transfer in transfers_of(unit, org, order):
        _withdraw(unit, org, transfer, transfer.units.to_send, pending_fact.actor)


def withdraw_returned(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Withdraw units that were paid back, and have not left: their stock is free."""
    (org, order), fact = order_with(unit, pending_fact), pending_fact.fact
    assert isinstance(fact, OrderRefundPaid | OrderValueReturned)
    if order.status is OrderStatus.REFUNDED:
        withdraw_all(unit, pending_fact)
        return
    gone: Counter[int] = Counter()
    for each in fact.lines:
        gone[each.line] += each.units
    for transfer in transfers_of(unit, org, order):
        units = min(transfer.units.to_send, gone[transfer.line])
        _withdraw(unit, org, transfer, units, pending_fact.actor)
        if units:
            _release(unit, org, order, transfer, pending_fact.actor)
            progress(unit, org, order, pending_fact.actor)


def _withdraw(
    unit: UnitOfWork, org: str, transfer: InternalTransfer, units: int, actor: Actor
) -> None:
    if units:
        transfer.withdraw(units, unit.now(org))
        unit.record(transfer, actor)


def _release(
    unit: UnitOfWork, org: str, order: Order, gone: InternalTransfer, actor: Actor
) -> None:
    """Release what is reserved where a transfer goes from, and is not to be sent any more."""
    place = gone.from_location, gone.sku
    there = sum(
        each.part.quantity
        for each in still_reserved(unit, org, found_of(order))
        if (each.stock.location, each.stock.sku) == place
    )
    needed = sum(
        each.units.to_send
        for each in transfers_of(unit, org, order)
        if (each.from_location, each.sku) == place
    )
    if there > needed:
        lines = [StockLine(gone.sku, there - needed, gone.from_location)]
        reserving.release_found(unit, org, found_of(order), lines, By(actor))
