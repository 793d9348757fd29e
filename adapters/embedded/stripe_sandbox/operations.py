"""Operations: all that the API of the sandbox does."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.resources import (
    balance_transactions,
    charges,
    checkout_sessions,
    customers,
    disputes,
    events,
    payment_intents,
    payment_methods,
    payouts,
    portal_sessions,
    refunds,
    setup_intents,
    webhook_endpoints,
)

OPERATIONS = (
    *balance_transactions.OPERATIONS,
    *charges.OPERATIONS,
    *checkout_sessions.OPERATIONS,
    *customers.OPERATIONS,
    *disputes.OPERATIONS,
    *events.OPERATIONS,
    *payment_intents.OPERATIONS,
    *payment_methods.OPERATIONS,
    *payouts.OPERATIONS,
    *portal_sessions.OPERATIONS,
    *refunds.OPERATIONS,
    *setup_intents.OPERATIONS,
    *webhook_endpoints.OPERATIONS,
)
