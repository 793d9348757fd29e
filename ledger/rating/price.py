"""The one function that turns quantities into an amount, exactly and rounded once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from ledger.credits.usage import CACHE_WRITE_TOKENS, CACHED_TOKENS, INPUT_TOKENS, Rate
from ledger.kernel.errors import Invalid, PriceNotFound
from ledger.kernel.limits import AMOUNT_MAX
from ledger.rating.prices import CardVersion, Mode, Price

ATTODOLLARS_PER_MICROCREDIT = 10**9
BASIS_POINTS = 10_000
_PARTS_OF_INPUT = (CACHED_TOKENS, CACHE_WRITE_TOKENS)


class Card(Protocol):
    """A rate card, wherever it was read."""

    @property
    def name(self) -> str:
        """What lines call it."""

    def version_at(self, occurred_us: int) -> CardVersion | None:
        """The version in force when something occurred."""


def rate_usage(
    model: str, quantities: Mapping[str, int], occurred_us: int, cards: Sequence[Card]
) -> tuple[int, Rate]:
    """The amount in microcredits and the prices used; the first card that knows the model wins."""
    _check_parts(quantities)
    for card in cards:
        version = card.version_at(occurred_us)
        if version is not None and model in version.prices:
            amount, used = price_line(model, quantities, version)
            return amount, Rate(card.name, version.version, used)
    raise PriceNotFound(
        f"no rate card prices the model {model} at that time: publish a price, or give amount.",
        field="model",
    )


def price_line(
    model: str, quantities: Mapping[str, int], version: CardVersion
) -> tuple[int, dict[str, int]]:
    """The amount in microcredits by one version of a card, and the unit price of each meter.

    Cached and cache-write tokens are parts of the input tokens: each part has its own price where
    the card gives one, and costs what input costs where it does not. The sum is exact in
    attodollars, the margin is added, and the whole is rounded half-even, once.
    """
    prices = version.simple.get(model) or _in_context(
        version.prices[model], quantities.get(INPUT_TOKENS, 0)
    )
    total = 0
    used = {}
    for meter, quantity in _billed(quantities, prices).items():
        if quantity:
            charge, used[meter] = _charge(model, meter, quantity, prices)
            total += charge
    amount = max(version.minimum, _rounded(total * (BASIS_POINTS + version.margin_bps)))
    if amount > AMOUNT_MAX:
        raise Invalid("the quantities cost more than the ledger can hold.", field="quantities")
    return amount, used


def _in_context(meters: Mapping[str, Sequence[Price]], context: int) -> dict[str, Price]:
    return {
        meter: price
        for meter, choices in meters.items()
        if (price := _for_context(choices, context)) is not None
    }


def _for_context(choices: Sequence[Price], context: int) -> Price | None:
    """The price for a line with so many input tokens; those for longer contexts stand first."""
    return next((p for p in choices if p.context_over is None or context > p.context_over), None)


def _check_parts(quantities: Mapping[str, int]) -> None:
    if CACHED_TOKENS not in quantities and CACHE_WRITE_TOKENS not in quantities:
        return
    parts = [part for part in _PARTS_OF_INPUT if quantities.get(part)]
    if sum(quantities[part] for part in parts) > quantities.get(INPUT_TOKENS, 0):
        raise Invalid(
            f"{' and '.join(parts)} are parts of {INPUT_TOKENS} and must not exceed them.",
            field=parts[0],
        )


def _billed(quantities: Mapping[str, int], prices: Mapping[str, Price]) -> Mapping[str, int]:
    """What each meter is billed for: parts of the input with a price of their own leave it."""
    if CACHED_TOKENS not in quantities and CACHE_WRITE_TOKENS not in quantities:
        return quantities
    billed = dict(quantities)
    for part in _PARTS_OF_INPUT:
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
