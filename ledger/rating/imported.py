"""Imported: from a published price list of many providers to the content of one rate card
version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from ledger.kernel.limits import PRICE_DECIMALS_MAX
from ledger.kernel.money import CREDIT, format_decimal
from ledger.rating.imported_names import Catalogue
from ledger.rating.listed import Listed, ListedPrice, ListedProvider, Skipped
from ledger.rating.names import Name, ProviderName, is_pattern
from ledger.rating.rate_card_prices import PRICED_PER, Price
from ledger.rating.unit_prices import unit_price

CREDITS_PER_USD = 1_000

_Priced = dict[tuple[str, str], list[Price]]
"""Provider and id → prices."""


class Imported(NamedTuple):
    """What a card version holds, and what of the list is not in it or not as it is there."""

    prices: list[Price]
    names: list[Name]
    providers: list[ProviderName]
    skipped: list[Skipped]
    rounded: list[Skipped]
    contested: list[tuple[str, str]]
    """Providers and ids whose id alone means another provider's price, or none."""


def imported(
    listed: Sequence[Listed], currency: str, providers: Sequence[ListedProvider] = ()
) -> Imported:
    """Return the content of a version in a currency (usd, or credit at the fixed rate).

    Each price is its provider's. What lines call a model is what the list understands by it. A line
    that names no provider means the one that the list means by the model's name; else, by a model's
    id, the price that all who sell it agree on, or that of the one that makes it; else none, so
    that no use is priced by a provider it may not have gone to: then `provider/id` does.
    """
    skipped: list[Skipped] = []
    rounded: list[Skipped] = []
    priced: _Priced = {
        (each.provider, each.model): [
            _price(each, price, currency, rounded) for price in each.prices
        ]
        for each in listed
    }
    catalogue = Catalogue(listed, providers, priced)
    names = list(catalogue.names())
    alone = {name.name for name in names if name.provider is None}
    contested: list[tuple[str, str]] = []
    for name, (provider, model) in _bare(listed, priced, catalogue, contested, skipped):
        if name.lower() not in alone:
            alone.add(name.lower())
            names.append(Name(name, model, seller=provider))
    names.sort(key=lambda name: (is_pattern(name.name), name.provider or ""))
    prices = [price for _, several in sorted(priced.items()) for price in several]
    return Imported(prices, names, list(catalogue.provider_names()), skipped, rounded, contested)


def _bare(
    listed: Sequence[Listed],
    priced: _Priced,
    catalogue: Catalogue,
    contested: list[tuple[str, str]],
    skipped: list[Skipped],
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield names for lines without a provider, of models that the list means by none of their
    own."""
    taken: dict[str, tuple[str, str]] = {}
    for model, sellers in _by_model(listed).items():
        means = catalogue.meaning_alone(model.lower())
        meant = _meant(sellers, priced) if means is None else (means.provider, means.model)
        if meant is not None and priced.get(meant):
            taken[model.lower()] = meant
            yield model, meant
        agreed = meant and _terms(priced, meant)
        contested += [place for each in sellers if _terms(priced, place := _place(each)) != agreed]
    for provider, model in contested:
        name = f"{provider}/{model}"
        if not priced[provider, model]:
            continue
        if taken.setdefault(name.lower(), (provider, model)) == (provider, model):
            yield name, (provider, model)
        else:
            skipped.append(Skipped(provider, model, f"{name} means another provider's model"))


def _place(listed: Listed) -> tuple[str, str]:
    return listed.provider, listed.model


def _terms(priced: _Priced, place: tuple[str, str]) -> list[Price]:
    """Return prices to be compared with another provider's."""
    several = priced.get(place, [])
    return [msgspec.structs.replace(each, provider=None, model="") for each in several]


def _meant(sellers: Sequence[Listed], priced: _Priced) -> tuple[str, str] | None:
    """Return whose price an id alone means: the one that all agree on, else the one maker's."""
    first = _place(sellers[0])
    if all(_terms(priced, _place(each)) == _terms(priced, first) for each in sellers):
        return first
    makers = [_place(each) for each in sellers if each.maker]
    return makers[0] if len(makers) == 1 else None


def _by_model(listed: Iterable[Listed]) -> Mapping[str, list[Listed]]:
    models: dict[str, list[Listed]] = {}
    for each in listed:
        models.setdefault(each.model, []).append(each)
    return models


def _price(model: Listed, listed: ListedPrice, currency: str, rounded: list[Skipped]) -> Price:
    text, per, is_exact = rescaled(listed, currency)
    if not is_exact:
        reason = f"{listed.meter}: {listed.price} usd for {listed.per:,} is {text} for {per:,}"
        rounded.append(Skipped(model.provider, model.model, reason))
    return Price(
        model=model.model,
        meter=listed.meter,
        price=text,
        per=per,
        currency=currency,
        unit_price=unit_price(text, per, currency, listed.meter),
        context_over=listed.context_over,
        provider=model.provider,
        hours=listed.hours,
        assumed=listed.assumed,
    )


def rescaled(listed: ListedPrice, currency: str) -> tuple[str, int, bool]:
    """Return the same price as a decimal for 1, 1,000 or 1,000,000 units, and whether it is exact.

    Its own number first. Where none is exact within the decimals of a price (an hour's price for a
    second, or a number that has been through a binary float on its way into the list), it is
    rounded half-even to them: by less than a nano-dollar for any line that costs less than a
    million dollars.
    """
    decimals = PRICE_DECIMALS_MAX - (3 if currency == CREDIT else 0)
    exact = Fraction(listed.price) * (CREDITS_PER_USD if currency == CREDIT else 1)
    scales = sorted(PRICED_PER, key=lambda per: (per != listed.per, -per))
    for per in scales:
        scaled = exact * per / listed.per * 10**decimals
        if scaled.denominator == 1:
            return format_decimal(int(scaled), decimals), per, True
    return (
        format_decimal(round(exact * scales[0] / listed.per * 10**decimals), decimals),
        scales[0],
        False,
    )
