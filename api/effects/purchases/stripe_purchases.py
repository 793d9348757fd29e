"""Stripe's purchases: what is known here of them, and who is asked about them."""

from __future__ import annotations

from api.effects.purchases.stripe_book import StripeBook
from ledger.purchases.ports import PurchaseStates


class StripePurchases(StripeBook[PurchaseStates]):
    """The purchases that Stripe collects the money of."""
