"""Lines of a month add up: to the last microcredit, whatever the tiers, in whatever parts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from ledger.rating.line_price import price_line
from ledger.rating.rate_card_prices import (
    CardVersion,
    Mode,
    Price,
    PublishedVersion,
    Tier,
    TierScope,
    version_of,
)

UNIT_PRICES = st.integers(0, 4 * 10**9) | st.sampled_from([5 * 10**8, 15 * 10**8])
"""Attodollars: up to four microcredits, and halves."""
PARTS = st.lists(st.integers(1, 40), min_size=1, max_size=12)
BOUNDS = st.sets(st.integers(1, 120), max_size=4).map(sorted)


@st.composite
def prices(draw: st.DrawFn, *modes: Mode) -> Price:
    mode = draw(st.sampled_from(modes))
    bounds = [*draw(BOUNDS), None]
    tiers = [Tier("1", draw(UNIT_PRICES), until) for until in bounds]
    return Price(
        "m",
        "calls",
        "1",
        draw(st.integers(1, 30)),
        "usd",
        draw(UNIT_PRICES),
        mode,
        [] if mode is Mode.PACKAGE else tiers,
        tier_scope=TierScope.MONTH,
    )


def charged(version: CardVersion, parts: Sequence[int]) -> list[int]:
    """What lines of so many calls cost, one after the other."""
    amounts = []
    for place, part in enumerate(parts):
        used = partial(_used, sum(parts[:place]))
        amounts.append(price_line(version, (None, "m"), {"calls": part}, 0, used).amount)
    return amounts


def _used(units: int, price: Price) -> int:
    return units


def unit(price: Price, number: int) -> int:
    """Attodollars of the unit of that number."""
    if price.mode is Mode.PACKAGE:
        return price.unit_price if number % price.per == 1 % price.per else 0
    return next(tier.unit_price for tier in price.tiers if number <= (tier.up_to or number))


def rounded(attodollars: int, margin_bps: int) -> Fraction:
    return Fraction(attodollars * (10_000 + margin_bps), 10_000 * 10**9)


@given(prices(Mode.GRADUATED, Mode.PACKAGE), PARTS, st.integers(0, 3_000))
def test_a_month_costs_what_all_of_it_costs(
    price: Price, parts: list[int], margin_bps: int
) -> None:
    version = version_of(PublishedVersion(1, [price], margin_bps=margin_bps))
    amounts, used = charged(version, parts), 0
    for amount, part in zip(amounts, parts, strict=True):
        exact = sum(unit(price, number) for number in range(used + 1, used + part + 1))
        assert abs(amount - rounded(exact, margin_bps)) <= 1
        used += part
    whole = sum(unit(price, number) for number in range(1, used + 1))
    assert sum(amounts) == round(rounded(whole, margin_bps))  # a Fraction rounds half to even
    assert sum(amounts) == sum(charged(version, [used])), "in one line it is the same"


@given(prices(Mode.VOLUME), PARTS, st.integers(0, 3_000))
def test_by_volume_a_line_costs_what_the_tier_says_that_it_reaches(
    price: Price, parts: list[int], margin_bps: int
) -> None:
    version, used = version_of(PublishedVersion(1, [price], margin_bps=margin_bps)), 0
    for amount, part in zip(charged(version, parts), parts, strict=True):
        used += part
        assert amount == round(rounded(part * unit(price, used), margin_bps))
