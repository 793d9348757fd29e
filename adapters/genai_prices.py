"""The price list in the package `genai-prices` (MIT, https://github.com/pydantic/genai-prices).

Only its data is used: amounts are computed by our own engine. Prices are taken as the decimals
that they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib.metadata import version

from genai_prices.data import providers
from genai_prices.data_units import unit_data
from genai_prices.types import (
    ConditionalPrice,
    MatchLogic,
    ModelInfo,
    ModelPrice,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from adapters.genai_matches import Inexpressible, patterns_of
from ledger.credits.usage import CACHED_TOKENS
from ledger.rating.hours import MINUTES_A_DAY, Hours, overlap
from ledger.rating.listed import Listed, ListedPrice, ListedProvider, Pattern, PriceList, Skipped

_OURS = {"cache_read_tokens": CACHED_TOKENS}
"""Their name of a meter, where ours is another."""

_ASSUMED = {"requests": 1}
"""What they count for every use, whether it says so or not."""

_UNITS: dict[str, tuple[str, int]] = {
    unit["price_key"]: (_OURS.get(key, key), unit["per"]) for key, unit in unit_data.items()
}
"""What they call a price: its meter, and for how many units it is."""

_BILLED_FROM_10_S = {("groq", "whisper-large-v3"), ("groq", "whisper-large-v3-turbo")}
"""Their code bills these for at least ten seconds a request; a card has no such price."""


_FREE = (
    ListedPrice("input_tokens", Decimal(0), 1_000_000),
    ListedPrice("output_tokens", Decimal(0), 1_000_000),
)
_SAYS_FREE = ("Free of charge", "Included in the subscription")
"""In their comment on a model without prices; others may just be unknown, and are never free."""


class _Unsaid(Exception):
    """A price that a card cannot say; the text says why."""


def read(on: date) -> PriceList:
    """Return the prices in force on a day, of every provider in the list."""
    found = PriceList(f"genai-prices {version('genai-prices')}", [], [], [], [])
    for provider in providers:
        found.providers.append(_provider(provider, found))
        for model in provider.models:
            _read_model(provider, model, on, found)
    return found


def _provider(provider: Provider, found: PriceList) -> ListedProvider:
    match = provider.model_match
    return ListedProvider(
        provider.id,
        _patterns(provider.provider_match, provider.id, "", found.skipped),
        None if match is None else match.is_match,
        tuple(provider.fallback_model_providers or ()),
    )


def _read_model(provider: Provider, model: ModelInfo, on: date, found: PriceList) -> None:
    def skip(reason: str) -> None:
        found.skipped.append(Skipped(provider.id, model.id, reason))

    found.later.extend(
        Skipped(provider.id, model.id, f"other prices from {start}") for start in _starts(model, on)
    )
    for variant in model.price_variants or ():
        skip("prices for " + ", ".join(f"{key} {value}" for key, value in variant.when.items()))
    prices: tuple[ListedPrice, ...] = ()
    try:
        if (provider.id, model.id) in _BILLED_FROM_10_S:
            raise _Unsaid("a minimum of ten seconds a request")
        prices = tuple(_in_force(model, on))
        if not prices and _is_free(model):
            prices = _FREE
        if not prices:
            raise _Unsaid("the list has no price for it")
    except _Unsaid as reason:
        skip(str(reason))
    maker = provider.model_match is not None and provider.model_match.is_match(model.id.lower())
    patterns = _patterns(model.match, provider.id, model.id, found.skipped)
    found.listed.append(Listed(provider.id, model.id, prices, maker, patterns))


def _patterns(
    match: MatchLogic | None, provider: str, model: str, skipped: list[Skipped]
) -> tuple[Pattern, ...]:
    try:
        return () if match is None else tuple(patterns_of(match))
    except Inexpressible as reason:
        skipped.append(Skipped(provider, model, f"a name that a card cannot say: {reason}"))
        return ()


def _in_force(model: ModelInfo, on: date) -> Iterator[ListedPrice]:
    """Later entries win, those of an hour over those of any; the first stands where none is in
    force."""
    if isinstance(model.prices, ModelPrice):
        yield from _prices(model.prices)
        return
    hours: list[Hours] = []
    base = model.prices[0].prices if model.prices else ModelPrice()
    for each in reversed(model.prices):
        if isinstance(each.constraint, TimeOfDateConstraint):
            hours.append(_hours(each.constraint))
            yield from _prices(each.prices, hours[-1])
        elif each.constraint is None or each.constraint.start_date <= on:
            base = each.prices
            break
    if overlap(hours):
        raise _Unsaid("prices of hours that overlap")
    yield from _prices(base)


def _is_free(model: ModelInfo) -> bool:
    comment = model.price_comments or ""
    return model.id.endswith(":free") or any(each in comment for each in _SAYS_FREE)


def _hours(constraint: TimeOfDateConstraint) -> Hours:
    start, end = _minute(constraint.start_time), _minute(constraint.end_time)
    if start == end:
        raise _Unsaid("prices of no hours")
    return Hours(start, end or MINUTES_A_DAY)


def _minute(at: time) -> int:
    moment = datetime.combine(date(1970, 1, 2), at if at.tzinfo else at.replace(tzinfo=UTC))
    moment = moment.astimezone(UTC)
    if moment.second or moment.microsecond:
        raise _Unsaid(f"prices from {at}, within a minute")
    return moment.hour * 60 + moment.minute


def _starts(model: ModelInfo, on: date) -> Iterator[date]:
    conditions: Iterable[ConditionalPrice] = model.prices if isinstance(model.prices, list) else ()
    for each in conditions:
        if isinstance(each.constraint, StartDateConstraint) and each.constraint.start_date > on:
            yield each.constraint.start_date


def _prices(price: ModelPrice, hours: Hours | None = None) -> Iterator[ListedPrice]:
    """Turn their thresholds into ours: all units of a line with more input cost the tier's
    price."""
    for key, value in vars(price).items():
        if value is None:
            continue
        meter, per = _UNITS[key]
        assumed = _ASSUMED.get(meter, 0)
        if isinstance(value, TieredPrices):
            yield ListedPrice(meter, value.base, per, None, hours, assumed)
            for tier in value.tiers:
                yield ListedPrice(meter, tier.price, per, tier.start, hours, assumed)
        else:
            yield ListedPrice(meter, Decimal(value), per, None, hours, assumed)
