"""Listed: a published price list of many providers, before it is a version of a card."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

import msgspec

from ledger.rating.hours import Hours
from ledger.rating.names import matches


class Pattern(NamedTuple):
    """Texts in lower case that a pattern fits, but for those that one of `excluding` fits."""

    name: str
    excluding: tuple[str, ...] = ()

    def fits(self, text: str) -> bool:
        """Tell whether a text is one of them."""
        return matches(self.name, text) and not any(matches(each, text) for each in self.excluding)


class ListedPrice(NamedTuple):
    """`price` US dollars for `per` units of a meter, exactly as the list has it."""

    meter: str
    price: Decimal
    per: int
    context_over: int | None = None
    hours: Hours | None = None
    assumed: int = 0


class Listed(msgspec.Struct, frozen=True):
    """A model as one provider sells it; `maker`: by the list it is this provider's own model.

    `patterns`: what it is called; the first model of a provider that one fits is meant.
    """

    provider: str
    model: str
    prices: tuple[ListedPrice, ...]
    maker: bool = False
    patterns: tuple[Pattern, ...] = ()


class ListedProvider(NamedTuple):
    """A provider: what it is called, which models mean it when nothing says the provider, and whose
    models it sells at their prices when it lists none of that name."""

    id: str
    patterns: tuple[Pattern, ...] = ()
    is_meant_by: Callable[[str], bool] | None = None
    resells: tuple[str, ...] = ()


class Skipped(NamedTuple):
    """What of a list is not in the card, or not as it is there, and why."""

    provider: str
    model: str
    reason: str


class PriceList(NamedTuple):
    """The list on a day. `skipped` cannot be said by a card; `later` are prices yet to begin."""

    source: str
    listed: list[Listed]
    providers: list[ListedProvider]
    skipped: list[Skipped]
    later: list[Skipped]
