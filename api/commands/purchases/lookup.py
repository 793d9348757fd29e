"""Lookup of offers, policies and purchases."""

from __future__ import annotations

from typing import NamedTuple

from api.commands.credits.lookup import find_wallet
from api.commands.unit_of_work import UnitOfWork
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.ids import PLATFORM
from ledger.purchases.buyer import Buyer, buyer_id
from ledger.purchases.offer_book import OfferBook, offers_id
from ledger.purchases.offers import DEFAULT_OFFERS, PublishedOffers
from ledger.purchases.policy import Policy
from ledger.purchases.purchase import Purchase, purchase_id
from ledger.purchases.purchase_policy import PurchasePolicy, policy_id


class FoundOffers(NamedTuple):
    """Offers, and whose they are."""

    org: str
    published: PublishedOffers


def offers_of(unit: UnitOfWork, org: str, currency: str) -> FoundOffers:
    """Return what credits cost in a currency: by the org's own offers, else by the platform's;
    where neither says so, dollars buy at the default. Raises Invalid."""
    for each in (org, PLATFORM):
        book = unit.get(OfferBook, offers_id(each))
        published = book.offers.get(currency) if book else None
        if published is not None:
            return FoundOffers(each, published)
    if currency == DEFAULT_OFFERS.currency:
        return FoundOffers(PLATFORM, PublishedOffers(0, DEFAULT_OFFERS))
    raise Invalid(
        f"there are no offers in {currency}: publish what credits cost in it first.",
        field="amount.currency",
    )


def policy_of(unit: UnitOfWork, org: str) -> Policy:
    """Return what an org has decided of purchases, or what holds where it has not."""
    found = unit.get(PurchasePolicy, policy_id(org))
    return found.policy if found else Policy()


def find_purchase(unit: UnitOfWork, org: str, purchase: str) -> tuple[Purchase, Wallet]:
    """Return a purchase and the wallet that it is for. Refused where there is no such purchase."""
    found = unit.get(Purchase, purchase_id(org, purchase))
    if found is None:
        raise NotFound("there is no purchase of that id.", field="purchase")
    return found, find_wallet(unit, org, found.user)


def buyer_of(unit: UnitOfWork, org: str, user: str) -> Buyer:
    """Return what a user has bought lately; who has bought nothing begins to."""
    return unit.get(Buyer, buyer_id(org, user)) or Buyer.open(org, user, unit.now(org))
