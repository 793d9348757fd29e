"""The one function that turns quantities into an amount, exactly and rounded once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from ledger.credits.usage import CACHE_WRITE_TOKENS, CACHED_TOKENS, INPUT_TOKENS, Rate
from ledger.kernel.errors import Invalid, PriceNotFound
from ledger.kernel.limits import AMOUNT_MAX
from ledger.rating import meters
from ledger.rating.names import Sold
from ledger.rating.prices import TWO_PARTS, CardVersion, Mode, Price

ATTODOLLARS_PER_MICROCREDIT = 10**9
BASIS_POINTS = 10_000
_TWO_PARTS = (CACHED_TOKENS, CACHE_WRITE_TOKENS)
"""The only parts of another meter by the first rule: of the input tokens."""


class Card(Protocol):
    """A rate card, wherever it was read."""

    @property
    def name(self) -> str:
        """What lines call it."""

    def version_at(self, occurred_us: int) -> CardVersion | None:
        """The version in force when something occurred."""


def rate_usage(
    provider: str | None,
    model: str,
    quantities: Mapping[str, int],
    occurred_us: int,
    cards: Sequence[Card],
) -> tuple[int, Rate]:
    """The amount in microcredits and the prices used; the first card that knows the model wins."""
    for card in cards:
        version = card.version_at(occurred_us)
        sold = version and version.names.find(provider, model)
        if version and sold:
            amount, used = price_line(version, sold, quantities, occurred_us)
            return amount, Rate(card.name, version.version, used)
    raise PriceNotFound(
        f"no rate card prices the model {model} at that time: publish a price, or give amount.",
        field="model",
    )


def price_line(
    version: CardVersion, sold: Sold, quantities: Mapping[str, int], occurred_us: int
) -> tuple[int, dict[str, int]]:
    """The amount in microcredits by one version of a card, and the unit price of each meter.

    Each part of a meter has its own price where the card gives one, and costs what its whole does
    where it does not. The sum is exact in attodollars, the margin is added, and the whole is
    rounded half-even, once.
    """
    prices = version.simple.get(sold)
    if prices is None:
        context = quantities.get(INPUT_TOKENS, 0)
        prices = _applying(version.prices[sold], context, occurred_us)
        quantities = _with_assumed(quantities, prices)
    total = 0
    used = {}
    for meter, quantity in _billed(version.rule, quantities, prices).items():
        if quantity:
            charge, used[meter] = _charge(sold[1], meter, quantity, prices)
            total += charge
    amount = max(version.minimum, _rounded(total * (BASIS_POINTS + version.margin_bps)))
    if amount > AMOUNT_MAX:
        raise Invalid("the quantities cost more than the ledger can hold.", field="quantities")
    return amount, used


def _applying(
    choices: Mapping[str, Sequence[Price]], context: int, occurred_us: int
) -> dict[str, Price]:
    """The price of each meter for a line of that context at that time: of several the first."""
    return {
        meter: price
        for meter, several in choices.items()
        if (price := next((p for p in several if _applies(p, context, occurred_us)), None))
    }


def _applies(price: Price, context: int, occurred_us: int) -> bool:
    is_long = price.context_over is None or context > price.context_over
    return is_long and (price.hours is None or price.hours.include(occurred_us))


def _with_assumed(quantities: Mapping[str, int], prices: Mapping[str, Price]) -> Mapping[str, int]:
    """What a line counts, with what it is assumed to where it does not say."""
    assumed = {meter: price.assumed for meter, price in prices.items() if price.assumed}
    return {**assumed, **quantities} if assumed else quantities


def _billed(
    rule: int, quantities: Mapping[str, int], prices: Mapping[str, Price]
) -> Mapping[str, int]:
    """What each meter is billed for."""
    if rule != TWO_PARTS:
        return meters.billed(quantities, prices)
    if CACHED_TOKENS not in quantities and CACHE_WRITE_TOKENS not in quantities:
        return quantities
    meters.counted_once({m: quantities.get(m, 0) for m in (INPUT_TOKENS, *_TWO_PARTS)})
    billed = dict(quantities)
    for part in _TWO_PARTS:
        if part in billed and part not in prices:
            del billed[part]
        elif part in billed:
            billed[INPUT_TOKENS] = billed.get(INPUT_TOKENS, 0) - billed[part]
    return billed


def _charge(model: str, meter: str, quantity: int, prices: Mapping[str, Price]) -> tuple[int, int]:
    """What a quantity costs in attodollars, and the price of its last unit."""
    price = prices.get(meter)
    if price is None:
        raise PriceNotFound(
            f"the rate card has no price for {meter} of the model {model}: publish one, "
            "or give amount.",
            field=meter,
        )
    if price.mode is Mode.FLAT:
        return quantity * price.unit_price, price.unit_price
    if price.mode is Mode.PACKAGE:
        return -(-quantity // price.per) * price.unit_price, price.unit_price
    parts = list(_tier_parts(price, quantity))
    last = parts[-1][1]
    if price.mode is Mode.VOLUME:
        return quantity * last, last
    return sum(units * unit_price for units, unit_price in parts), last


def _tier_parts(price: Price, quantity: int) -> Iterator[tuple[int, int]]:
    """How many units fall into each tier, and their price."""
    below = 0
    for tier in price.tiers:
        upto = quantity if tier.up_to is None else min(quantity, tier.up_to)
        yield upto - below, tier.unit_price
        below = upto
        if below == quantity:
            return


def _rounded(attodollar_bps: int) -> int:
    """Microcredits, half-even, from attodollars times basis points."""
    unit = ATTODOLLARS_PER_MICROCREDIT * BASIS_POINTS
    amount, rest = divmod(attodollar_bps, unit)
    if 2 * rest > unit or (2 * rest == unit and amount % 2):
        amount += 1
    return amount
