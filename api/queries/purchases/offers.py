"""Offers as they are published, and those that hold for an org."""

from __future__ import annotations

from api.queries.reader import Reader
from ledger.kernel.decoding import converted
from ledger.kernel.ids import PLATFORM
from ledger.purchases.offers import DEFAULT_OFFERS, PublishedOffers


async def offers_of(reader: Reader, org: str) -> list[PublishedOffers]:
    """Return the offers that hold for an org, by their currencies: its own, else the platform's,
    else the default."""
    default = PublishedOffers(0, DEFAULT_OFFERS)
    found = {default.offers.currency: default}
    for each in dict.fromkeys((PLATFORM, org)):
        row = await reader.row(each, "purchases/offers", {"org": each})
        published = converted(row["offers"] if row else [], list[PublishedOffers])
        found |= {offers.offers.currency: offers for offers in published}
    return [found[currency] for currency in sorted(found)]
