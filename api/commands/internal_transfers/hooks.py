"""Commit hooks of internal transfers: they are requested when their order is confirmed, and
withdrawn with it, or with its money."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from api.commands.internal_transfers.requesting import request, withdraw_all, withdraw_returned
from ledger.ordering.order_facts import OrderCancelled, OrderConfirmed
from ledger.ordering.order_refunds import OrderRefundPaid
from ledger.ordering.value_returns import OrderValueReturned

HOOKS = CommitHooks(
    recorded={
        OrderConfirmed: request,
        OrderCancelled: withdraw_all,
        OrderRefundPaid: withdraw_returned,
        OrderValueReturned: withdraw_returned,
    },
)
