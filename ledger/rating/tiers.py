"""Tiers: what a quantity costs by one price, after what was used before it in the month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ledger.rating.rate_card_prices import Mode, Price


class Cost(NamedTuple):
    """Attodollars: of a quantity, of its last unit, and of all that was used before it where that
    is one sum with it."""

    exact: int
    last: int
    before: int = 0


def cost_of(price: Price, quantity: int, used: int) -> Cost:
    """Return what a quantity costs when so much was used before it.

    Packages and graduated tiers go on where the units before have ended. By volume all units of a
    line cost what the tier says that it reaches; the lines before it keep what they cost.
    """
    if price.mode is Mode.FLAT:
        return Cost(quantity * price.unit_price, price.unit_price)
    if price.mode is Mode.VOLUME:
        last = _unit_price(price, used + quantity)
        return Cost(quantity * last, last)
    after = used + quantity
    before = _from_the_first(price, used)
    return Cost(_from_the_first(price, after) - before, _unit_price(price, after), before)


def _from_the_first(price: Price, units: int) -> int:
    """Return what so many units cost together, beginning with the first."""
    if price.mode is Mode.PACKAGE:
        return -(-units // price.per) * price.unit_price
    return sum(part * unit_price for part, unit_price in _parts(price, units))


def _unit_price(price: Price, units: int) -> int:
    """Return the price of the last of so many units; of a whole package."""
    if price.mode is Mode.PACKAGE:
        return price.unit_price
    return next(
        tier.unit_price for tier in price.tiers if tier.up_to is None or units <= tier.up_to
    )


def _parts(price: Price, units: int) -> Iterator[tuple[int, int]]:
    """Yield how many units fall into each tier, and their price."""
    below = 0
    for tier in price.tiers:
        until = units if tier.up_to is None else min(units, tier.up_to)
        yield until - below, tier.unit_price
        below = until
        if below == units:
            return
