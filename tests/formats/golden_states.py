"""States of aggregates as the golden files keep them, by the contexts that have files of their
own."""

from __future__ import annotations

from ledger.credits.funds import Hold
from ledger.credits.lots import Lot
from ledger.kernel.aggregate import LedgerAggregate
from tests.formats import (
    golden_catalogue,
    golden_inventory,
    golden_invoices,
    golden_ordering,
    golden_pricing,
    golden_promotions,
    golden_purchases,
    golden_stored_value,
    golden_subscriptions,
)


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
    if isinstance(aggregate, golden_catalogue.OfCatalogue):
        return golden_catalogue.state_of_catalogue(aggregate)
    if isinstance(aggregate, golden_promotions.OfPromotions):
        return golden_promotions.state_of_promotions(aggregate)
    if isinstance(aggregate, golden_ordering.OfOrdering):
        return golden_ordering.state_of_ordering(aggregate)
    if isinstance(aggregate, golden_inventory.OfInventory):
        return golden_inventory.state_of_inventory(aggregate)
    if isinstance(aggregate, golden_stored_value.OfStoredValue):
        return golden_stored_value.state_of_stored_value(aggregate)
    return None


def terms_said(lot: Lot) -> list[object]:
    """What a lot came in with."""
    paid = None if lot.paid is None else [lot.paid.amount, lot.paid.currency]
    dates = [lot.effective_us, lot.expires_us]
    return [lot.id, lot.kind, lot.amount, *dates, lot.priority, paid]


def hold_said(hold: Hold) -> list[object]:
    """What a hold is."""
    slices = [[part.lot, part.kind, part.amount, part.expires_us] for part in hold.lots]
    return [hold.id, hold.user, slices, hold.placed_us, hold.expires_us, hold.reference]
