"""From a published price list of many providers to the prices of one rate card version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import msgspec

from ledger.kernel.limits import PRICE_DECIMALS_MAX
from ledger.kernel.money import CREDIT
from ledger.rating.card import PRICED_PER, Price
from ledger.rating.published import unit_price

CREDITS_PER_USD = 1_000


class ListedPrice(NamedTuple):
    """`price` US dollars for `per` units of a meter, exactly as the list has it."""

    meter: str
    price: Decimal
    per: int
    context_over: int | None = None


class Listed(msgspec.Struct, frozen=True):
    """A model as one provider sells it; `maker`: by the list it is this provider's own model."""

    provider: str
    model: str
    prices: tuple[ListedPrice, ...]
    maker: bool = False


class Skipped(NamedTuple):
    """What of a list is not in the card, and why."""

    provider: str
    model: str
    reason: str


class Imported(NamedTuple):
    """A card version's prices, under which names each provider's models are in it, and the rest."""

    prices: list[Price]
    names: dict[tuple[str, str], list[str]]
    skipped: list[Skipped]


def imported(listed: Iterable[Listed], currency: str) -> Imported:
    """The prices of a version in a currency (usd, or credit at the fixed rate).

    A model's name is its id. Where providers price one id differently, the id means the one that
    makes the model, and each is also `provider/id`; without a maker there is only `provider/id`,
    so that no use is priced by a provider it may not have gone to.
    """
    skipped: list[Skipped] = []
    cards: dict[str, list[Price]] = {}
    names: dict[tuple[str, str], list[str]] = {}
    contested: list[_Seller] = []
    for model, sellers in _by_model(_priced(listed, currency, skipped)).items():
        meant = _meant(sellers)
        if meant is not None:
            cards[model] = meant
            agreeing = [each for each, prices in sellers if prices == meant]
            names.update({(each.provider, model): [model] for each in agreeing})
        if any(prices != meant for _, prices in sellers):
            contested += sellers
    for each, prices in contested:
        name = f"{each.provider}/{each.model}"
        known = names.get((each.provider, each.model), [])
        if cards.setdefault(name, prices) == prices:
            names[each.provider, each.model] = [*known, name]
        elif not known:
            skipped.append(Skipped(each.provider, each.model, f"{name} is another model's id"))
    return Imported(list(_named(cards)), names, skipped)


_Seller = tuple[Listed, list[Price]]


class _Inexact(Exception):
    """A price that a card cannot hold exactly."""


def _priced(listed: Iterable[Listed], currency: str, skipped: list[Skipped]) -> Iterator[_Seller]:
    """Models with their prices; one with a price that a card cannot hold is left out whole, as a
    use of it must not be billed in part."""
    for each in listed:
        try:
            yield each, [_price(price, currency) for price in each.prices]
        except _Inexact as reason:
            skipped.append(Skipped(each.provider, each.model, str(reason)))


def _named(cards: Mapping[str, list[Price]]) -> Iterator[Price]:
    for name, prices in sorted(cards.items()):
        for price in prices:
            yield msgspec.structs.replace(price, model=name)


def _price(listed: ListedPrice, currency: str) -> Price:
    text, per = rescaled(listed, currency)
    return Price(
        model="",
        meter=listed.meter,
        price=text,
        per=per,
        currency=currency,
        unit_price=unit_price(text, per, currency, listed.meter),
        context_over=listed.context_over,
    )


def rescaled(listed: ListedPrice, currency: str) -> tuple[str, int]:
    """The same price as an exact decimal for 1, 1,000 or 1,000,000 units; its own number first.

    Raises when there is none within the decimals of a price: an hour's price for a second, or a
    number that has been through a binary float on its way into the list.
    """
    decimals = PRICE_DECIMALS_MAX - (3 if currency == CREDIT else 0)
    exact = Fraction(listed.price) * (CREDITS_PER_USD if currency == CREDIT else 1)
    for per in sorted(PRICED_PER, key=lambda per: (per != listed.per, -per)):
        scaled = exact * per / listed.per * 10**decimals
        if scaled.denominator == 1:
            return _text(int(scaled), decimals), per
    raise _Inexact(
        f"{listed.meter}: {listed.price} usd for {listed.per:,} is no decimal of {decimals} places "
        "for 1, 1,000 or 1,000,000"
    )


def _text(scaled: int, decimals: int) -> str:
    whole, fraction = divmod(scaled, 10**decimals)
    text = str(fraction).rjust(decimals, "0").rstrip("0")
    return f"{whole}.{text}" if text else str(whole)


def _by_model(priced: Iterable[_Seller]) -> dict[str, list[_Seller]]:
    models: dict[str, list[_Seller]] = {}
    for seller in priced:
        models.setdefault(seller[0].model, []).append(seller)
    return models


def _meant(sellers: Sequence[_Seller]) -> list[Price] | None:
    """What an id alone means: the price all agree on, else the one maker's."""
    first = sellers[0][1]
    if all(prices == first for _, prices in sellers):
        return first
    makers = [prices for each, prices in sellers if each.maker]
    return makers[0] if len(makers) == 1 else None
