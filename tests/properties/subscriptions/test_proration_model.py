"""Money is conserved: for any changes within a period, what is charged less what is given back is
the price of what was held, second by second, to half a unit at each end of each holding.

The model is written from the design alone: it adds up seconds as fractions.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ledger.subscriptions.calendar import Period
from ledger.subscriptions.proration import left_of

SECOND_US = 1_000_000
prices = st.lists(st.integers(0, 10**9), min_size=1, max_size=4)
holdings = st.lists(st.tuples(st.integers(0, 1_000_000), prices), min_size=1, max_size=12)


@given(st.integers(1, 40_000_000), st.integers(0, 10**15), holdings)
def test_what_was_held_is_what_is_paid(
    length_s: int, start_us: int, changes: list[tuple[int, list[int]]]
) -> None:
    period = Period(start_us, start_us + length_s * SECOND_US)
    at_s = sorted(length_s * part // 1_000_000 for part, _ in changes)
    at_s[0] = 0
    held = [amounts for _, amounts in changes]
    charged = 0
    for number, (second, amounts) in enumerate(zip(at_s, held, strict=True)):
        at_us = start_us + second * SECOND_US
        if number:
            charged -= sum(left_of(held[number - 1], period, at_us))
        charged += sum(left_of(amounts, period, at_us))
    ends = [*at_s[1:], length_s]
    exact = [
        Fraction(sum(amounts) * (end - begin), length_s)
        for begin, end, amounts in zip(at_s, ends, held, strict=True)
    ]
    assert abs(charged - sum(exact, Fraction())) <= len(held)


@given(st.integers(1, 40_000_000), prices, st.integers(0, 40_000_000))
def test_lines_add_up_and_each_is_within_a_unit(
    length_s: int, amounts: list[int], at_s: int
) -> None:
    period = Period(0, length_s * SECOND_US)
    left = left_of(amounts, period, at_s * SECOND_US)
    share = Fraction(max(0, length_s - at_s), length_s)
    assert abs(sum(left) - sum(amounts) * share) <= Fraction(1, 2)
    for each, price in zip(left, amounts, strict=True):
        assert abs(each - price * share) < 1
