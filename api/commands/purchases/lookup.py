"""Lookup of offers."""

from __future__ import annotations

from typing import NamedTuple

from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import PLATFORM
from ledger.purchases.offer_book import OfferBook, PublishedOffers, offers_id
from ledger.purchases.offers import DEFAULT_OFFERS


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
