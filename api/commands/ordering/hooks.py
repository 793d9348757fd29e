"""Commit hooks of orders: what one does not need any more is released, by whatever it ended, and
what it had spent is given back."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from api.commands.ordering import holdings
from api.commands.ordering.lookup import order_with
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.ordering.order import Order
from ledger.ordering.order_payments import OrderPaymentExpired, OrderPaymentFailed
from ledger.ordering.order_refunds import OrderRefundPaid
from ledger.ordering.order_status import OrderStatus
from ledger.ordering.value_returns import OrderValueReturned


def release_all(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Release all that an order holds that was not paid, or is not wanted any more."""
    org, order = order_with(unit, pending_fact)
    holdings.release(unit, org, order, pending_fact.actor)


def release_returned(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Release the stock of an order whose money is back, all of it."""
    org, order = order_with(unit, pending_fact)
    if order.status is OrderStatus.REFUNDED:
        holdings.release_stock(unit, org, order, pending_fact.actor)


def give_back(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Give back to gift cards, store credit and the order that it was exchanged for what returns
    there."""
    (org, order), fact = order_with(unit, pending_fact), pending_fact.fact
    assert isinstance(fact, OrderValueReturned)
    holdings.give_back(unit, org, order, fact.values, fact.refund, pending_fact.actor)
    release_returned(unit, pending_fact)


HOOKS = CommitHooks(
    recorded={
        OrderPaymentFailed: release_all,
        OrderPaymentExpired: release_all,
        Order.OrderCancelled: release_all,
        OrderRefundPaid: release_returned,
        OrderValueReturned: give_back,
    },
)
