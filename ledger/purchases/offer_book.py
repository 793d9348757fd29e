"""The offer book of an org: what credits cost there, in versions that never change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.purchases.offers import Offers, PublishedOffers

OFFERS_STREAM = "offers"


class OfferBook(LedgerAggregate):
    """The offers of an org by their currencies; those of the platform are for all orgs."""

    TOPIC: ClassVar[str] = "purchases.OfferBook"
    STREAM: ClassVar[str] = OFFERS_STREAM

    def __init__(self) -> None:
        self.offers: dict[str, PublishedOffers] = {}
        self.published = 0
        """How many versions there are."""

    class Event(LedgerAggregate.Event):
        """Base of an offer book's facts."""

    class OfferBookOpened(Event, FirstFact):
        """An org begins to say what credits cost."""

        TOPIC: ClassVar[str] = "purchases.OfferBookOpened"

    class OffersPublished(Event):
        """Credits cost so much in a currency from now on."""

        TOPIC: ClassVar[str] = "purchases.OffersPublished"
        fingerprint: str
        offers_version: int
        offers: Offers

        def apply(self, aggregate: OfferBook) -> None:
            published = PublishedOffers(self.offers_version, self.offers)
            aggregate.offers[self.offers.currency] = published
            aggregate.published = self.offers_version

    @classmethod
    def open(cls, org: str, at: datetime) -> OfferBook:
        """Begin an org's offers."""
        return cls._create(cls.OfferBookOpened, id=offers_id(org), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        listed = [msgspec.to_builtins(each) for each in self.offers.values()]
        return [TableRow("offer_books", {"org": org, "offers": listed})]

    def publish(self, offers: Offers, at: datetime, *, fingerprint: str) -> None:
        """Publish checked offers; what is being bought keeps those that it was begun with."""
        self.trigger_event(
            self.OffersPublished,
            timestamp=at,
            fingerprint=fingerprint,
            offers_version=self.published + 1,
            offers=offers,
        )


def offers_id(org: str) -> str:
    """Return the stream of an org's offer book."""
    return stream_id(org, OFFERS_STREAM)
