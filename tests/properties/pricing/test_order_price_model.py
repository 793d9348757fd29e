"""The price of any order: what is taken off is shared exactly, no line is below zero, units go back
to the unit, and the order of lines changes no total.

The model is written from the design alone: it has fractions and no code of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from ledger.pricing.asked_order import AskedOrder, OrderLine
from ledger.pricing.base_price import BasePrice, PublishedPrices
from ledger.pricing.order_price import LinePrice, OrderPrice, price_lines, reduce_order
from ledger.pricing.reduction import Reduction
from ledger.pricing.stacking import Stacking

baskets = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.integers(1, 40), st.sampled_from(["x", "y"])),
    min_size=1,
    max_size=9,
)
prices = st.fixed_dictionaries({sku: st.integers(0, 5_000) for sku in "abcdefgh"})
offs = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(["", "x", "y"]),
        st.booleans(),
        st.integers(1, 10_000),
        st.one_of(st.none(), st.integers(0, 20_000)),
    ),
    max_size=4,
)
Off = tuple[bool, str, bool, int, int | None]
Line = tuple[str, int, str]


def price_of(
    asked: list[Line], by_sku: dict[str, int], taken: list[Off], stacking: Stacking
) -> OrderPrice:
    order = AskedOrder(
        lines=[OrderLine(sku=sku, units=units, item_type=kind) for sku, units, kind in asked],
        currency="usd",
        at_us=0,
    )
    published = {
        sku: PublishedPrices(1, [BasePrice(currency="usd", amount=amount)])
        for sku, amount in by_sku.items()
    }

    lines = price_lines(order, published, [])
    return reduce_order(lines, [_reduction(each, lines) for each in taken], stacking)


def _reduction(off: Off, priced: Sequence[LinePrice]) -> Reduction:
    is_of_order, kind, is_percent, much, limit = off
    of = {
        place: each.line.units
        for place, each in enumerate(priced)
        if kind in ("", each.line.item_type)
    }
    by = {"bps": much} if is_percent else {"amount": much}
    return Reduction(id="r", name="r", is_of_order=is_of_order, units=of, limit=limit, **by)


def model(asked: list[Line], by_sku: dict[str, int], taken: list[Off], stacking: Stacking) -> int:
    """What the order comes to: lines of one SKU and kind need not be told apart."""
    ranked = sorted(asked, key=lambda each: (each[0], "", each[2], each[1]))
    before = [by_sku[sku] * units for sku, units, _ in ranked]
    ordered = sorted(taken, key=lambda each: each[0])
    if stacking is Stacking.BEST_ONLY:
        return sum(before) - max((sum(_off(e, ranked, before, before)) for e in ordered), default=0)
    left = before
    for each in ordered:
        basis = before if stacking is Stacking.ADDITIVE else left
        left = [a - b for a, b in zip(left, _off(each, ranked, basis, left), strict=True)]
    return sum(left)


def _off(off: Off, ranked: list[Line], basis: list[int], left: list[int]) -> list[int]:
    is_of_order, kind, is_percent, much, limit = off
    on = [kind in ("", each[2]) for each in ranked]
    if is_of_order:
        whole = Fraction(sum(b for b, o in zip(basis, on, strict=True) if o) * much, 10_000)
        wanted = round(whole) if is_percent else much
        weights = [a if o else 0 for a, o in zip(left, on, strict=True)]
        shares = _shared(min(wanted, sum(weights)), weights)
    else:
        shares = [
            min(round(Fraction(b * much, 10_000)) if is_percent else much * each[1], a) if o else 0
            for b, a, o, each in zip(basis, left, on, ranked, strict=True)
        ]
    return shares if limit is None or sum(shares) <= limit else _shared(limit, shares)


def _shared(total: int, weights: list[int]) -> list[int]:
    """Give one unit at a time to whom most of its due is missing."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    due = [Fraction(total * weight, whole) for weight in weights]
    shares = [int(each) for each in due]
    for _ in range(total - sum(shares)):
        missing = [d - s for d, s in zip(due, shares, strict=True)]
        shares[missing.index(max(missing))] += 1
    return shares


@given(baskets, prices, offs, st.sampled_from(Stacking), st.randoms(use_true_random=False))
def test_an_order_is_priced_as_the_model_says(
    asked: list[Line], by_sku: dict[str, int], taken: list[Off], stacking: Stacking, chance: Random
) -> None:
    found = price_of(asked, by_sku, taken, stacking)
    assert found.total == model(asked, by_sku, taken, stacking)
    assert found.subtotal == sum(by_sku[sku] * units for sku, units, _ in asked)
    assert found.subtotal - found.discount == found.total == sum(e.total for e in found.lines)
    assert found.discount == sum(each.amount for each in found.reductions)
    for line in found.lines:
        assert all(step.amount_after >= 0 for step in line.steps)
        assert sum(step.delta for step in line.steps) == line.total
        units = line.line.units
        ends = sorted({0, units, *(chance.randint(0, units) for _ in range(3))})
        runs = [line.share_of(a, b - a) for a, b in pairwise(ends)]
        assert sum(runs) == line.total
        ones = [line.share_of(after, 1) for after in range(units)]
        assert max(ones) - min(ones) <= 1
    shuffled = chance.sample(asked, len(asked))
    again = price_of(shuffled, by_sku, taken, stacking)
    assert [again.subtotal, again.discount, again.total] == [
        *(found.subtotal, found.discount, found.total)
    ]
    assert sorted(e.total for e in again.lines) == sorted(e.total for e in found.lines)
