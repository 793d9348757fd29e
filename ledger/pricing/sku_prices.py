"""The SKU prices: the base prices of one SKU, or of one catalogue item, in versions that never
change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.decoding import converted
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import moment
from ledger.ports import Rows
from ledger.pricing.base_price import BasePrice, PublishedPrices, check_prices

SKU_PRICE_STREAM = "sku-price"
SKU_PRICES = "sku_prices"
"""The table whose rows remember all of them."""


class SkuPricesState(msgspec.Struct, frozen=True):
    """All that is remembered of the prices of a SKU."""

    published: PublishedPrices


class SkuPrices(LedgerAggregate):
    """The base prices of one subject: an aggregate for each, however many there are."""

    TOPIC: ClassVar[str] = "pricing.SkuPrices"
    STREAM: ClassVar[str] = f"{SKU_PRICE_STREAM}/"
    State = SkuPricesState

    def __init__(self) -> None:
        self.published = PublishedPrices(0, [])

    class Event(LedgerAggregate.Event):
        """Base of the facts of prices."""

    class PricesOpened(Event, FirstFact):
        """There are to be prices."""

        TOPIC: ClassVar[str] = "pricing.PricesOpened"

    class PricesPublished(Event):
        """The prices are these and no others from now on; none: it is not sold."""

        TOPIC: ClassVar[str] = "pricing.PricesPublished"
        fingerprint: str
        price_version: int
        prices: list[BasePrice]

        def apply(self, aggregate: SkuPrices) -> None:
            aggregate.published = PublishedPrices(self.price_version, self.prices)

    @classmethod
    def open(cls, org: str, subject: str, at: datetime) -> SkuPrices:
        """Begin with the prices of a subject."""
        return cls._create(cls.PricesOpened, id=sku_prices_id(org, subject), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "id": name_of(self.id),
            "published": msgspec.to_builtins(self.published),
            "version": self.version,
        }
        return [TableRow(SKU_PRICES, columns)]

    def publish(self, prices: Sequence[BasePrice], at: datetime, *, fingerprint: str) -> None:
        """Publish prices in place of those of before; what was quoted has its version. Raises
        Invalid."""
        check_prices(prices)
        self.trigger_event(
            self.PricesPublished,
            timestamp=at,
            fingerprint=fingerprint,
            price_version=self.published.version + 1,
            prices=list(prices),
        )


def restore_prices(rows: Rows, ids: Iterable[str]) -> dict[str, SkuPrices]:
    """Return prices as their rows remember them, without replay: they may change every hour."""
    places = [(split_stream_id(each)[0], name_of(each)) for each in ids]
    found = {}
    for row in rows.kept_rows(SKU_PRICES, places):
        prices_id = sku_prices_id(row["org"], row["id"])
        state = SkuPricesState(converted(row["published"], PublishedPrices))
        found[prices_id] = SkuPrices.restore(prices_id, row["version"], moment(0), state)
    return found


def sku_prices_id(org: str, subject: str) -> str:
    """Return the stream of the prices of a SKU, or of `item/` and the id of a catalogue item."""
    return stream_id(org, SKU_PRICE_STREAM, subject)
