"""Commit hooks of access: what an order sells that is no parcel is given when it is confirmed, and
taken back with its money."""

from __future__ import annotations

from api.commands.access.granting import (
    follow_dispute,
    give_again,
    give_all,
    revoke_cancelled,
    revoke_returned,
    take_returned,
    take_with_refund,
)
from api.commands.hooks import CommitHooks
from ledger.ordering.order_facts import OrderCancelled, OrderConfirmed
from ledger.ordering.order_payments import OrderDisputed
from ledger.ordering.order_refunds import (
    OrderRefundFailed,
    OrderRefundFound,
    OrderRefundPaid,
    OrderRefundRequested,
)
from ledger.ordering.value_returns import OrderValueReturned

HOOKS = CommitHooks(
    recorded={
        OrderConfirmed: give_all,
        OrderRefundRequested: take_with_refund,
        OrderRefundFound: take_with_refund,
        OrderRefundFailed: give_again,
        OrderRefundPaid: revoke_returned,
        OrderValueReturned: take_returned,
        OrderCancelled: revoke_cancelled,
        OrderDisputed: follow_dispute,
    },
)
