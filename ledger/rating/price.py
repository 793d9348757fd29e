"""The one function that turns quantities into an amount, exactly and rounded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.credits.usage import CACHE_WRITE_TOKENS, CACHED_TOKENS, INPUT_TOKENS, Rate
from ledger.kernel.errors import Invalid, PriceNotFound
from ledger.kernel.limits import AMOUNT_MAX, PRICE_DECIMALS_MAX
from ledger.kernel.money import CREDIT, parse_decimal
from ledger.rating.card import PRICED_PER, RateCard

ATTODOLLARS_PER_MICROCREDIT = 10**9
_ATTODOLLARS = {"usd": 10**18, CREDIT: 10**15}
_PARTS_OF_INPUT = (CACHED_TOKENS, CACHE_WRITE_TOKENS)


def unit_price(price: object, per: object, currency: object, field: str) -> int:
    """A published price as whole attodollars for one unit.

    At most 12 decimals for at most 1,000,000 units, so that the result is always whole.
    """
    if per not in PRICED_PER or isinstance(per, bool) or not isinstance(per, int):
        raise Invalid(f"{field}.per must be 1, 1000 or 1000000.", field=f"{field}.per")
    if not isinstance(currency, str) or currency not in _ATTODOLLARS:
        raise Invalid(f"{field}.currency must be usd or credit.", field=f"{field}.currency")
    decimals: int = PRICE_DECIMALS_MAX if currency == "usd" else PRICE_DECIMALS_MAX - 3
    scaled = parse_decimal(price, decimals, f"{field}.price", of=f"a price in {currency}")
    attodollars: int = _ATTODOLLARS[currency] // 10**decimals
    return scaled * attodollars // per


def rate_usage(
    model: str, quantities: Mapping[str, int], occurred_us: int, cards: Sequence[RateCard]
) -> tuple[int, Rate]:
    """The amount in microcredits and the prices used; the first card that knows the model wins.

    Cached and cache-write tokens are parts of the input tokens: each part has its own price where
    the card gives one, and costs what input costs where it does not. The sum is exact in
    attodollars and rounded half-even, once.
    """
    _check_parts(quantities)
    for card in cards:
        version = card.version_at(occurred_us)
        prices = version.prices.get(model) if version else None
        if version is not None and prices is not None:
            total, used = _total(model, _billed(quantities, prices), prices)
            return _amount(total), Rate(card.name, version.version, used)
    raise PriceNotFound(
        f"no rate card prices the model {model} at that time: publish a price, or give amount.",
        field="model",
    )


def _check_parts(quantities: Mapping[str, int]) -> None:
    parts = [part for part in _PARTS_OF_INPUT if quantities.get(part)]
    if sum(quantities[part] for part in parts) > quantities.get(INPUT_TOKENS, 0):
        raise Invalid(
            f"{' and '.join(parts)} are parts of {INPUT_TOKENS} and must not exceed them.",
            field=parts[0],
        )


def _billed(quantities: Mapping[str, int], prices: Mapping[str, int]) -> dict[str, int]:
    """What each meter is billed for: parts of the input with a price of their own leave it."""
    billed = dict(quantities)
    for part in _PARTS_OF_INPUT:
        if part in billed and part not in prices:
            del billed[part]
        elif part in billed:
            billed[INPUT_TOKENS] = billed.get(INPUT_TOKENS, 0) - billed[part]
    return billed


def _total(
    model: str, billed: Mapping[str, int], prices: Mapping[str, int]
) -> tuple[int, dict[str, int]]:
    total = 0
    used = {}
    for meter, quantity in billed.items():
        if quantity == 0:
            continue
        if meter not in prices:
            raise PriceNotFound(
                f"the rate card has no price for {meter} of the model {model}: publish one, "
                "or give amount.",
                field=meter,
            )
        used[meter] = prices[meter]
        total += quantity * prices[meter]
    return total, used


def _amount(attodollars: int) -> int:
    """Microcredits, rounded half-even."""
    amount, rest = divmod(attodollars, ATTODOLLARS_PER_MICROCREDIT)
    half = ATTODOLLARS_PER_MICROCREDIT // 2
    if rest > half or (rest == half and amount % 2):
        amount += 1
    if amount > AMOUNT_MAX:
        raise Invalid("the quantities cost more than the ledger can hold.", field="quantities")
    return amount
