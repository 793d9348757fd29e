"""The price list in the package `genai-prices` (MIT, https://github.com/pydantic/genai-prices).

Only its data is used: amounts are computed by our own engine. Prices are taken as the decimals
that they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.metadata import version
from typing import NamedTuple

from genai_prices.data import providers
from genai_prices.data_units import unit_data
from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from ledger.credits.usage import CACHED_TOKENS
from ledger.rating.imported import Listed, ListedPrice, Skipped

_OURS = {"cache_read_tokens": CACHED_TOKENS}
"""Their name of a meter, where ours is another."""

_UNITS: dict[str, tuple[str, int]] = {
    unit["price_key"]: (_OURS.get(key, key), unit["per"]) for key, unit in unit_data.items()
}
"""What they call a price: its meter, and for how many units it is."""

_BILLED_FROM_10_S = {("groq", "whisper-large-v3"), ("groq", "whisper-large-v3-turbo")}
"""Their code bills these for at least ten seconds a request; a card has no such price."""


class PriceList(NamedTuple):
    """The list on a day. `skipped` cannot be said by a card; `later` are prices yet to begin."""

    source: str
    listed: list[Listed]
    skipped: list[Skipped]
    later: list[Skipped]


class _TimeOfDay(Exception):
    """A price that depends on the time of day."""


def read(on: date) -> PriceList:
    """The prices in force on a day, of every provider in the list."""
    found = PriceList(f"genai-prices {version('genai-prices')}", [], [], [])
    for provider in providers:
        for model in provider.models:
            _read_model(provider, model, on, found)
    return found


def _read_model(provider: Provider, model: ModelInfo, on: date, found: PriceList) -> None:
    def skip(reason: str) -> None:
        found.skipped.append(Skipped(provider.id, model.id, reason))

    found.later.extend(
        Skipped(provider.id, model.id, f"other prices from {start}") for start in _starts(model, on)
    )
    for variant in model.price_variants or ():
        skip("prices for " + ", ".join(f"{key} {value}" for key, value in variant.when.items()))
    if (provider.id, model.id) in _BILLED_FROM_10_S:
        skip("a minimum of ten seconds a request")
        return
    try:
        prices = tuple(_prices(_in_force(model, on)))
    except _TimeOfDay:
        skip("its price depends on the time of day")
        return
    if not prices:
        skip("the list has no price for it")
        return
    maker = provider.model_match is not None and provider.model_match.is_match(model.id.lower())
    found.listed.append(Listed(provider.id, model.id, prices, maker))


def _in_force(model: ModelInfo, on: date) -> ModelPrice:
    """Later entries win; the first stands where none is in force."""
    if isinstance(model.prices, ModelPrice):
        return model.prices
    for each in reversed(model.prices):
        if isinstance(each.constraint, TimeOfDateConstraint):
            raise _TimeOfDay
        if each.constraint is None or each.constraint.start_date <= on:
            return each.prices
    return model.prices[0].prices


def _starts(model: ModelInfo, on: date) -> Iterator[date]:
    conditions: Iterable[ConditionalPrice] = model.prices if isinstance(model.prices, list) else ()
    for each in conditions:
        if isinstance(each.constraint, StartDateConstraint) and each.constraint.start_date > on:
            yield each.constraint.start_date


def _prices(price: ModelPrice) -> Iterator[ListedPrice]:
    """A threshold of theirs is ours: all units of a line with more input cost the tier's price."""
    for key, value in vars(price).items():
        if value is None:
            continue
        meter, per = _UNITS[key]
        if isinstance(value, TieredPrices):
            yield ListedPrice(meter, value.base, per)
            for tier in value.tiers:
                yield ListedPrice(meter, tier.price, per, tier.start)
        else:
            yield ListedPrice(meter, Decimal(value), per)


def today() -> date:
    """The day that the list's dates are about."""
    return datetime.now(UTC).date()
