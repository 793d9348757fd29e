"""States of aggregates as the golden files keep them, by the contexts that have files of their
own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledger.access.order_grant import OrderGrant
from ledger.credits.funds import Hold
from ledger.credits.lots import Lot
from ledger.internal_transfers.internal_transfer import InternalTransfer
from ledger.kernel.aggregate import LedgerAggregate
from tests.formats import (
    golden_access,
    golden_appointments,
    golden_catalogue,
    golden_customers,
    golden_fulfilment,
    golden_internal_transfers,
    golden_inventory,
    golden_invoices,
    golden_ordering,
    golden_pricing,
    golden_promotions,
    golden_purchases,
    golden_stored_value,
    golden_subscriptions,
)

_STATES: tuple[tuple[Any, Callable[[Any], list[object]]], ...] = (
    (golden_purchases.OfPurchases, golden_purchases.state_of_purchases),
    (golden_subscriptions.OfSubscriptions, golden_subscriptions.state_of_subscriptions),
    (golden_invoices.OfInvoices, golden_invoices.state_of_invoices),
    (golden_pricing.OfPricing, golden_pricing.state_of_pricing),
    (golden_catalogue.OfCatalogue, golden_catalogue.state_of_catalogue),
    (golden_promotions.OfPromotions, golden_promotions.state_of_promotions),
    (golden_ordering.OfOrdering, golden_ordering.state_of_ordering),
    (golden_customers.OfCustomers, golden_customers.state_of_customers),
    (golden_fulfilment.OfFulfilment, golden_fulfilment.state_of_fulfilment),
    (golden_inventory.OfInventory, golden_inventory.state_of_inventory),
    (golden_stored_value.OfStoredValue, golden_stored_value.state_of_stored_value),
    (OrderGrant, golden_access.state_of_access),
    (golden_appointments.OfAppointments, golden_appointments.state_of_appointments),
    (InternalTransfer, golden_internal_transfers.state_of_internal_transfers),
)
"""The aggregates of a context, and what each of them remembers."""


def said_by_context(aggregate: LedgerAggregate) -> list[object] | None:
    """What an aggregate remembers, if it is of one of these contexts."""
    for kinds, state_of in _STATES:
        if isinstance(aggregate, kinds):
            return state_of(aggregate)
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
