"""Offers: `PublishOffers`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org_or_platform
from api.commands.unit_of_work import UnitOfWork
from ledger.purchases.offer_book import OfferBook, offers_id
from ledger.purchases.offers import Bonus, offers_in


@dataclass(frozen=True)
class PublishOffers(KeyedCommand):
    """Publish what credits cost in a currency; the platform's are for all orgs without their own.

    Amounts in the currency's smallest unit; `smallest` and `largest` of one purchase.
    """

    currency: str
    price: int
    bonuses: list[Bonus]
    smallest: int | None = None
    largest: int | None = None

    operation: ClassVar[str] = "offers"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org_or_platform(unit, self.org)
        offers = offers_in(self.currency, self.price, self.bonuses, self.smallest, self.largest)
        at = unit.now(self.org)
        book = unit.get(OfferBook, offers_id(self.org)) or OfferBook.open(self.org, at)
        book.publish(offers, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)
