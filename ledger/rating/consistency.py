"""The consistency of a version of a card: nothing in it contradicts or hides another part of it."""

from __future__ import annotations

from collections.abc import Container, Sequence

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import (
    EXCLUDED_PER_NAME_MAX,
    NAMES_PER_CARD_MAX,
    PRICES_PER_CARD_MAX,
    WILDCARDS_MAX,
)
from ledger.rating.hours import Hours, overlap
from ledger.rating.names import ANY, Name, ProviderName, Sold, is_pattern, lowered
from ledger.rating.rate_card_prices import Price


def check(
    prices: Sequence[Price], names: Sequence[Name], providers: Sequence[ProviderName]
) -> None:
    """Refuse a version with the first field at fault."""
    if not 0 < len(prices) <= PRICES_PER_CARD_MAX:
        raise Invalid(f"prices must hold 1 to {PRICES_PER_CARD_MAX} prices.", field="prices")
    if len(names) + len(providers) > NAMES_PER_CARD_MAX:
        raise Invalid(
            f"names and providers must hold at most {NAMES_PER_CARD_MAX} together.", field="names"
        )
    _check_prices(prices)
    _check_names(names, {(lowered(price.provider), price.model) for price in prices})
    known = {lowered(price.provider) for price in prices} | {lowered(n.provider) for n in names}
    _check_providers(providers, known)


def _check_prices(prices: Sequence[Price]) -> None:
    """No two prices for the same line."""
    seen: dict[tuple[str | None, str, str, int | None], list[Hours | None]] = {}
    for place, price in enumerate(prices):
        key = (lowered(price.provider), price.model, price.meter, price.context_over)
        others = seen.setdefault(key, [])
        if price.hours in others:
            raise Invalid(
                f"prices name the model and meter {price.model} {price.meter} twice.",
                field=f"prices.{place}",
            )
        others.append(price.hours)
        if overlap([hours for hours in others if hours is not None]):
            raise Invalid(
                f"prices.{place}.hours overlap those of another price of {price.model} "
                f"{price.meter}.",
                field=f"prices.{place}.hours",
            )


def _check_names(names: Sequence[Name], sold: Container[Sold]) -> None:
    """Each means something that has a price, and nothing else means the same."""
    seen: set[Sold] = set()
    for place, name in enumerate(names):
        field = f"names.{place}"
        for pattern in (name.name, *name.excluding):
            _check_pattern(pattern, field)
        if len(name.excluding) > EXCLUDED_PER_NAME_MAX:
            raise Invalid(
                f"{field}.excluding must hold at most {EXCLUDED_PER_NAME_MAX} patterns.",
                field=f"{field}.excluding",
            )
        if name.excluding and not is_pattern(name.name):
            raise Invalid(
                f"{field}.excluding must be absent: the name stands for nothing but itself.",
                field=f"{field}.excluding",
            )
        provider = lowered(name.provider)
        if name.model is None and name.seller is not None:
            raise Invalid(
                f"{field}.seller must be absent where there is no model.", field=f"{field}.seller"
            )
        if name.model and (lowered(name.seller) or provider, name.model) not in sold:
            seller = name.seller or name.provider
            of = f" of {seller}" if seller else ""
            raise Invalid(
                f"{field}.model must be one with a price: there is none for {name.model}{of}.",
                field=f"{field}.model",
            )
        if (provider, name.name) in sold:
            raise Invalid(f"{field}.name has a price of its own.", field=f"{field}.name")
        if (provider, name.name.lower()) in seen:
            raise Invalid(f"{field}.name stands twice.", field=f"{field}.name")
        seen.add((provider, name.name.lower()))


def _check_providers(providers: Sequence[ProviderName], known: Container[str | None]) -> None:
    seen: set[str] = set()
    for place, each in enumerate(providers):
        field, name = f"providers.{place}", each.name.lower()
        _check_pattern(name, field)
        if lowered(each.provider) not in known:
            raise Invalid(
                f"{field}.provider must be one with a price: there is none of {each.provider}.",
                field=f"{field}.provider",
            )
        if name in seen or name in known:
            raise Invalid(
                f"{field}.name stands twice, or has prices of its own.", field=f"{field}.name"
            )
        seen.add(name)


def _check_pattern(pattern: str, field: str) -> None:
    if pattern.count(ANY) > WILDCARDS_MAX:
        raise Invalid(
            f"{field} holds a pattern with more than {WILDCARDS_MAX} of {ANY}.", field=field
        )
