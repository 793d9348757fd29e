"""Commit hooks of appointments: an order has its slots from its placing on, as long as it is paid
for, or may be."""

from __future__ import annotations

from api.commands.appointments.booking import (
    book_slots,
    free_returned,
    free_slots,
    hold_slots,
)
from api.commands.hooks import CommitHooks
from ledger.ordering.order_facts import OrderCancelled, OrderConfirmed, OrderPlaced
from ledger.ordering.order_payments import OrderPaymentExpired, OrderPaymentFailed
from ledger.ordering.order_refunds import OrderRefundPaid
from ledger.ordering.value_returns import OrderValueReturned

HOOKS = CommitHooks(
    recorded={
        OrderPlaced: hold_slots,
        OrderConfirmed: book_slots,
        OrderPaymentFailed: free_slots,
        OrderPaymentExpired: free_slots,
        OrderCancelled: free_slots,
        OrderRefundPaid: free_returned,
        OrderValueReturned: free_returned,
    },
)
