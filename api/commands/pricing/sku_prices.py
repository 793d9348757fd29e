"""SKU prices: `PublishPrices`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.pricing.base_price import BasePrice
from ledger.pricing.sku_prices import SkuPrices, sku_prices_id


@dataclass(frozen=True)
class PublishPrices(KeyedCommand):
    """Publish the base prices of a SKU, or of `item/` and the id of a catalogue item, from now on:
    these and no others."""

    subject: str
    prices: list[BasePrice]

    operation: ClassVar[str] = "prices"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        found = unit.get(SkuPrices, sku_prices_id(self.org, self.subject))
        book = found or SkuPrices.open(self.org, self.subject, at)
        book.publish(self.prices, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)
