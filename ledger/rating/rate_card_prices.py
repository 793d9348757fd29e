"""Card prices: as a card holds them, and one version of a card, arranged for pricing."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from ledger.rating.hours import Hours
from ledger.rating.names import Name, Names, ProviderName, Sold, lowered

DEFAULT_CARD = "default"
"""The card of the org `platform`: it prices what an org's own card does not."""

PRICED_PER = (1, 1_000, 1_000_000)
MARGIN_BPS_MAX = 1_000_000
TIERS_MAX = 100

TWO_PARTS, ALL_PARTS = 1, 2
"""The rules by which cards were published: at first only cached and cache-write tokens were parts
of another meter, now all that `ledger/rating/meters.py` says."""


class Mode(StrEnum):
    """How a quantity becomes a charge."""

    FLAT = "flat"
    """Each unit costs the same."""
    PACKAGE = "package"
    """Whole packages of `per` units are charged; a part of one is a whole one."""
    GRADUATED = "graduated"
    """The units up to each bound cost what their tier says."""
    VOLUME = "volume"
    """All units cost what the tier of the whole quantity says."""


class TierScope(StrEnum):
    """What the units that tiers and packages count are of."""

    LINE = "line"
    MONTH = "month"
    """The calendar month of the time of use, in UTC."""


class TierOver(StrEnum):
    """Whose units of a month are counted together."""

    PAYER = "payer"
    """Those that one wallet pays for."""
    ORG = "org"
    """All of the org."""


class Tier(msgspec.Struct, frozen=True, omit_defaults=True):
    """Units up to a bound, counted from the first; the last tier has none."""

    price: str
    unit_price: int
    up_to: int | None = None


class Price(msgspec.Struct, frozen=True, omit_defaults=True):
    """A price as it was published: `price` is a decimal string for `per` units of a meter.

    `unit_price` is attodollars (10**-18 USD) for one unit, for a package the price of a whole one.
    `context_over`: only for lines with more input tokens than that. `provider`: only for lines of
    that provider. `hours`: only for lines of these hours, before those without. `assumed`: so many
    units are charged when a line does not say how many.
    `tier_scope`: what tiers and packages are counted over, and for a month `tier_over` whose.
    """

    model: str
    meter: str
    price: str
    per: int
    currency: str
    unit_price: int
    mode: Mode = Mode.FLAT
    tiers: list[Tier] = []
    context_over: int | None = None
    provider: str | None = None
    hours: Hours | None = None
    assumed: int = 0
    tier_scope: TierScope = TierScope.LINE
    tier_over: TierOver = TierOver.PAYER

    @property
    def is_flat(self) -> bool:
        """Whether each unit costs the same, whatever else was used: as most do."""
        return self.mode is Mode.FLAT and self.tier_scope is TierScope.LINE


class CardVersion(msgspec.Struct, frozen=True):
    """The prices in force from `effective_us` (None: always) until the next version.

    `prices` is what is sold → meter → prices, those that apply to the fewest lines first. A line
    costs at least `minimum` microcredits; `margin_bps` basis points are added to what it costs.
    """

    version: int
    effective_us: int | None
    prices: dict[Sold, dict[str, list[Price]]]
    names: Names
    margin_bps: int = 0
    minimum: int = 0
    rule: int = TWO_PARTS
    simple: dict[Sold, dict[str, Price]] = {}
    """What is sold → meter → price, where that depends on nothing else of a line."""
    weight: int = 0
    """How many prices and names it holds."""


class PublishedVersion(msgspec.Struct, frozen=True):
    """A version as it was published; how it is stored is `RateCardPublished`."""

    card_version: int
    prices: list[Price]
    effective_us: int | None = None
    margin_bps: int = 0
    minimum: int = 0
    names: list[Name] = []
    providers: list[ProviderName] = []
    rule: int = TWO_PARTS


def version_of(published: PublishedVersion) -> CardVersion:
    """Return a published version, arranged for pricing."""
    prices: dict[Sold, dict[str, list[Price]]] = {}
    for price in published.prices:
        sold = (lowered(price.provider), price.model)
        prices.setdefault(sold, {}).setdefault(price.meter, []).append(price)
    for meters in prices.values():
        for choices in meters.values():
            choices.sort(key=lambda price: (price.hours is None, -(price.context_over or 0)))
    return CardVersion(
        published.card_version,
        published.effective_us,
        prices,
        Names(prices, published.names, published.providers),
        published.margin_bps,
        published.minimum,
        published.rule,
        _simple(prices),
        len(published.prices) + len(published.names),
    )


def _simple(prices: dict[Sold, dict[str, list[Price]]]) -> dict[Sold, dict[str, Price]]:
    return {
        sold: {meter: choices[0] for meter, choices in meters.items()}
        for sold, meters in prices.items()
        if all(_is_simple(choices) for choices in meters.values())
    }


def _is_simple(choices: Sequence[Price]) -> bool:
    """Tell whether a meter has one price, which depends on nothing else of a line."""
    price = choices[0]
    return price is choices[-1] and not (price.context_over or price.hours or price.assumed)
