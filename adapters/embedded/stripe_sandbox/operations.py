"""Operations: all that the API of the sandbox does."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.resources import (
    balance_transactions,
    charges,
    checkout_sessions,
    customers,
    disputes,
    events,
    invoice_items,
    invoice_payments,
    invoices,
    payment_intents,
    payment_methods,
    payouts,
    portal_sessions,
    prices,
    products,
    refunds,
    setup_intents,
    subscriptions,
    webhook_endpoints,
)

OPERATIONS = (
    *balance_transactions.OPERATIONS,
    *charges.OPERATIONS,
    *checkout_sessions.OPERATIONS,
    *customers.OPERATIONS,
    *disputes.OPERATIONS,
    *events.OPERATIONS,
    *invoice_items.OPERATIONS,
    *invoice_payments.OPERATIONS,
    *invoices.OPERATIONS,
    *payment_intents.OPERATIONS,
    *payment_methods.OPERATIONS,
    *payouts.OPERATIONS,
    *portal_sessions.OPERATIONS,
    *prices.OPERATIONS,
    *products.OPERATIONS,
    *refunds.OPERATIONS,
    *setup_intents.OPERATIONS,
    *subscriptions.OPERATIONS,
    *webhook_endpoints.OPERATIONS,
)
