"""Stripe's orders: what is known here of them, and who is asked about them."""

from __future__ import annotations

from api.effects.purchases.stripe_book import StripeBook
from ledger.ordering.ports import OrderStates


class StripeOrders(StripeBook[OrderStates]):
    """The orders that Stripe collects the money of."""
