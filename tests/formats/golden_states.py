"""States of aggregates as the golden files keep them, by the contexts that have files of their
own."""

from __future__ import annotations

from ledger.kernel.aggregate import LedgerAggregate
from tests.formats import golden_invoices, golden_pricing, golden_purchases, golden_subscriptions


def said_by_context(aggregate: LedgerAggregate) -> list[object] | None:
    """What an aggregate remembers, if it is of one of these contexts."""
    if isinstance(aggregate, golden_purchases.OfPurchases):
        return golden_purchases.state_of_purchases(aggregate)
    if isinstance(aggregate, golden_subscriptions.OfSubscriptions):
        return golden_subscriptions.state_of_subscriptions(aggregate)
    if isinstance(aggregate, golden_invoices.OfInvoices):
        return golden_invoices.state_of_invoices(aggregate)
    if isinstance(aggregate, golden_pricing.OfPricing):
        return golden_pricing.state_of_pricing(aggregate)
    return None
