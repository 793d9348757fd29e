"""The price list of genai-prices on the day these tests name, as a card of ours."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import UTC, date, datetime

from adapters.genai_prices import read
from ledger.kernel.ids import PLATFORM
from ledger.kernel.times import microseconds
from ledger.rating.imported import Imported, imported
from ledger.rating.line_price import rate_usage
from ledger.rating.listed import PriceList
from ledger.rating.rate_card import DEFAULT_CARD, RateCard

DAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@functools.cache
def price_list() -> PriceList:
    """What the package has."""
    return read(DAY)


@functools.cache
def all_of_it() -> Imported:
    """What of it is in a card in dollars."""
    return imported(price_list().listed, "usd", price_list().providers)


@functools.cache
def card() -> RateCard:
    """A default card with one version."""
    made = RateCard.open(PLATFORM, DEFAULT_CARD, NOW)
    found = all_of_it()
    made.publish(
        found.prices,
        None,
        NOW,
        fingerprint="imported",
        names=found.names,
        providers=found.providers,
    )
    return made


def charge(
    model: str, quantities: Mapping[str, int], provider: str | None = None, at: datetime = NOW
) -> int:
    """What a line costs by our engine, in microcredits."""
    return rate_usage(provider, model, quantities, microseconds(at), [card()]).amount
