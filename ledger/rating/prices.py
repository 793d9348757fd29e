"""Prices as a card holds them, and one version of a card, arranged for pricing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

DEFAULT_CARD = "default"
"""The card of the org `platform`: it prices what an org's own card does not."""

PRICED_PER = (1, 1_000, 1_000_000)
MARGIN_BPS_MAX = 1_000_000
TIERS_MAX = 100


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


class Tier(msgspec.Struct, frozen=True, omit_defaults=True):
    """Units up to a bound, counted from the first; the last tier has none."""

    price: str
    unit_price: int
    up_to: int | None = None


class Price(msgspec.Struct, frozen=True, omit_defaults=True):
    """A price as it was published: `price` is a decimal string for `per` units of a meter.

    `unit_price` is attodollars (10**-18 USD) for one unit, for a package the price of a whole one.
    `context_over`: only for lines with more input tokens than that.
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


class CardVersion(msgspec.Struct, frozen=True):
    """The prices in force from `effective_us` (None: always) until the next version.

    `prices` is model → meter → prices, those for longer contexts first. A line costs at least
    `minimum` microcredits; `margin_bps` basis points are added to what it costs.
    """

    version: int
    effective_us: int | None
    prices: dict[str, dict[str, list[Price]]]
    margin_bps: int = 0
    minimum: int = 0
    simple: dict[str, dict[str, Price]] = {}
    """model → meter → price, for the models whose prices do not depend on the context."""


def version_of(
    version: int,
    effective_us: int | None,
    published: Iterable[Price],
    margin_bps: int = 0,
    minimum: int = 0,
) -> CardVersion:
    """The prices of a published version, arranged for pricing."""
    models: dict[str, dict[str, list[Price]]] = {}
    for price in published:
        models.setdefault(price.model, {}).setdefault(price.meter, []).append(price)
    for meters in models.values():
        for prices in meters.values():
            prices.sort(key=lambda price: -(price.context_over or 0))
    return CardVersion(version, effective_us, models, margin_bps, minimum, _simple(models))


def _simple(models: dict[str, dict[str, list[Price]]]) -> dict[str, dict[str, Price]]:
    return {
        model: {meter: prices[0] for meter, prices in meters.items()}
        for model, meters in models.items()
        if all(prices[-1] is prices[0] and not prices[0].context_over for prices in meters.values())
    }


def in_force(versions: Sequence[CardVersion], occurred_us: int) -> CardVersion | None:
    """The version of a card that was in force when something occurred."""
    for version in reversed(versions):
        if version.effective_us is None or version.effective_us <= occurred_us:
            return version
    return None
