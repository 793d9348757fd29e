"""Line price: the one function that turns quantities into an amount, rounded once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from ledger.credits.usage import CACHE_WRITE_TOKENS, CACHED_TOKENS, INPUT_TOKENS, Rate
from ledger.kernel.errors import Invalid, PriceNotFound
from ledger.kernel.limits import AMOUNT_MAX
from ledger.rating import meters
from ledger.rating.names import Sold
from ledger.rating.rate_card_prices import TWO_PARTS, CardVersion, Price, TierScope
from ledger.rating.tiers import Cost, cost_of

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
        """Return the version in force when something occurred."""


Used = Callable[[Price], int]
"""How many units a price that counts over a month has counted in it."""


class Counted(NamedTuple):
    """Units that a price counts over a month, and how many it had counted before them."""

    price: Price
    used_before: int
    quantity: int


class Priced(NamedTuple):
    """Microcredits, the unit price of each meter, and what counts over a month."""

    amount: int
    unit_prices: dict[str, int]
    counted: Sequence[Counted] = ()


class Rated(NamedTuple):
    """Microcredits, the prices used, and what counts over a month."""

    amount: int
    rate: Rate
    counted: Sequence[Counted] = ()


def nothing_used(price: Price) -> int:
    """Return a month of which nothing was used yet."""
    return 0


def rate_usage(
    provider: str | None,
    model: str,
    quantities: Mapping[str, int],
    occurred_us: int,
    rate_cards: Sequence[Card],
    used: Used = nothing_used,
) -> Rated:
    """Return the amount in microcredits and the prices used; the first card that knows the model
    wins."""
    for card in rate_cards:
        version = card.version_at(occurred_us)
        sold = version and version.names.find(provider, model)
        if version and sold:
            amount, unit_prices, counted = price_line(version, sold, quantities, occurred_us, used)
            used_before = {each.price.meter: each.used_before for each in counted}
            rate = Rate(card.name, version.version, unit_prices, used_before)
            return Rated(amount, rate, counted)
    of = "" if provider is None else f" of the provider {provider}"
    raise PriceNotFound(
        f"no rate card prices the model {model}{of} at that time: publish a price, or give amount.",
        field="model",
    )


def price_line(
    version: CardVersion,
    sold: Sold,
    quantities: Mapping[str, int],
    occurred_us: int,
    used: Used = nothing_used,
) -> Priced:
    """Return the amount in microcredits by one version of a card, and the unit price of each meter.

    Each part of a meter has its own price where the card gives one, and costs what its whole does
    where it does not. The sum is exact in attodollars, the margin is added, and the whole is
    rounded half-even, once.

    Where a price counts over a month, what was used before stands in the sum and is taken off after
    rounding: lines of the same meters add up to what all of them together cost, to the microcredit.
    """
    prices = version.simple.get(sold)
    if prices is None:
        context = quantities.get(INPUT_TOKENS, 0)
        prices = _applying(version.prices[sold], context, occurred_us)
        quantities = _with_assumed(quantities, prices)
    exact = before = 0
    unit_prices = {}
    counted: list[Counted] = []
    for meter, quantity in _billed(version.rule, quantities, prices).items():
        price = prices.get(meter)
        if quantity and price is not None and price.is_flat:
            exact += quantity * price.unit_price
            unit_prices[meter] = price.unit_price
        elif quantity:
            cost = _cost(sold[1], meter, quantity, prices, used, counted)
            exact, before = exact + cost.exact, before + cost.before
            unit_prices[meter] = cost.last
    bps = BASIS_POINTS + version.margin_bps
    amount = _rounded((before + exact) * bps) - (_rounded(before * bps) if before else 0)
    amount = max(version.minimum, amount)
    if amount > AMOUNT_MAX:
        raise Invalid("the quantities cost more than the ledger can hold.", field="quantities")
    return Priced(amount, unit_prices, counted)


def _applying(
    choices: Mapping[str, Sequence[Price]], context: int, occurred_us: int
) -> dict[str, Price]:
    """Return the price of each meter for a line of that context at that time: of several the
    first."""
    return {
        meter: price
        for meter, several in choices.items()
        if (price := next((p for p in several if _applies(p, context, occurred_us)), None))
    }


def _applies(price: Price, context: int, occurred_us: int) -> bool:
    is_long = price.context_over is None or context > price.context_over
    return is_long and (price.hours is None or price.hours.include(occurred_us))


def _with_assumed(quantities: Mapping[str, int], prices: Mapping[str, Price]) -> Mapping[str, int]:
    """Return what a line counts, with what it is assumed to where it does not say."""
    assumed = {meter: price.assumed for meter, price in prices.items() if price.assumed}
    return {**assumed, **quantities} if assumed else quantities


def _billed(
    rule: int, quantities: Mapping[str, int], prices: Mapping[str, Price]
) -> Mapping[str, int]:
    """Return what each meter is billed for."""
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


def _cost(
    model: str,
    meter: str,
    quantity: int,
    prices: Mapping[str, Price],
    used: Used,
    counted: list[Counted],
) -> Cost:
    price = prices.get(meter)
    if price is None:
        raise PriceNotFound(
            f"the rate card has no price for {meter} of the model {model}: publish one, "
            "or give amount.",
            field=meter,
        )
    if price.tier_scope is TierScope.LINE:
        return cost_of(price, quantity, 0)
    counted.append(Counted(price, used(price), quantity))
    used_before = counted[-1].used_before
    if used_before + quantity > AMOUNT_MAX:
        raise Invalid(f"{meter}: more than the ledger can count in a month.", field=meter)
    return cost_of(price, quantity, used_before)


def _rounded(attodollar_bps: int) -> int:
    """Return microcredits, half-even, from attodollars times basis points."""
    unit = ATTODOLLARS_PER_MICROCREDIT * BASIS_POINTS
    amount, rest = divmod(attodollar_bps, unit)
    if 2 * rest > unit or (2 * rest == unit and amount % 2):
        amount += 1
    return amount
