"""Commit hooks of fulfilment: an order without goods is fulfilled once it is confirmed, and what is
cancelled or paid back is sent no more."""

from __future__ import annotations

from api.commands.fulfilment import progressing
from api.commands.hooks import CommitHooks
from ledger.ordering.order_captures import OrderLessened
from ledger.ordering.order_facts import OrderCancelled, OrderConfirmed
from ledger.ordering.order_refunds import OrderRefundPaid
from ledger.ordering.value_returns import OrderValueReturned

HOOKS = CommitHooks(
    recorded={
        OrderConfirmed: progressing.begin,
        OrderCancelled: progressing.give_up,
        OrderLessened: progressing.withdraw,
        OrderRefundPaid: progressing.withdraw,
        OrderValueReturned: progressing.withdraw,
    },
)
