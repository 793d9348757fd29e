"""What is left of prices within a period: tables worked by hand, with the arithmetic."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ledger.kernel.times import parse_time
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.proration import left_of


def us(text: str) -> int:
    """A moment."""
    return parse_time(text, "at")


FEBRUARY = Period(us("2027-02-01T00:00:00Z"), us("2027-03-01T00:00:00Z"))
"""28 days: 2,419,200 seconds."""


@pytest.mark.parametrize(
    ("at", "left"),
    [
        # The beginning: all 2,419,200 of 2,419,200 seconds.
        ("2027-02-01T00:00:00Z", 2_000),
        # A second later: 2000 x 2419199 / 2419200 = 1999.99917
        ("2027-02-01T00:00:01Z", 2_000),
        # 10.5 of 28 days used, 17.5 left: 2000 x 17.5 / 28 = 1250
        ("2027-02-11T12:00:00Z", 1_250),
        # 7 days left: 2000 / 4 = 500
        ("2027-02-22T00:00:00Z", 500),
        # 605 seconds left: 2000 x 605 / 2419200 = 0.50017, more than a half
        ("2027-02-28T23:49:55Z", 1),
        # 604.8 seconds would be the half; 604 are less: 0.49934
        ("2027-02-28T23:49:56Z", 0),
        # The last second, the end, and beyond.
        ("2027-02-28T23:59:59Z", 0),
        ("2027-03-01T00:00:00Z", 0),
        ("2027-03-02T00:00:00Z", 0),
        # Before it has begun all of it is left.
        ("2027-01-31T00:00:00Z", 2_000),
    ],
)
def test_what_is_left_of_twenty_dollars(at: str, left: int) -> None:
    assert left_of([2_000], FEBRUARY, us(at)) == [left]


def test_the_middle_goes_to_the_even() -> None:
    # 14 of 28 days: 1 x 1/2 = 0.5 -> 0; 3 x 1/2 = 1.5 -> 2; 5 x 1/2 = 2.5 -> 2
    middle = us("2027-02-15T00:00:00Z")
    assert [left_of([price], FEBRUARY, middle)[0] for price in (1, 3, 5)] == [0, 2, 2]


def test_several_prices_are_rounded_together() -> None:
    # A quarter of 1 + 1 + 2 = 1: 0.25, 0.25 and 0.5, of which the last has the largest remainder.
    assert left_of([1, 1, 2], FEBRUARY, us("2027-02-22T00:00:00Z")) == [0, 0, 1]
    # Half of 3 + 3 + 3 = 4.5 -> 4: one each, and one more for the first.
    assert left_of([3, 3, 3], FEBRUARY, us("2027-02-15T00:00:00Z")) == [2, 1, 1]


def test_back_and_forth_at_one_moment_costs_nothing() -> None:
    at = us("2027-02-09T17:03:11.5Z")
    (pro,), (team,) = left_of([2_000], FEBRUARY, at), left_of([10_001], FEBRUARY, at)
    assert (team - pro) + (pro - team) == 0


def test_what_is_paid_for_a_chain_of_times_is_what_one_long_time_costs() -> None:
    moments = range(FEBRUARY.start_us, FEBRUARY.end_us + 1, 12_345_678_901)
    left = [left_of([1_999], FEBRUARY, each)[0] for each in (*moments, FEBRUARY.end_us)]
    paid = [before - after for before, after in pairwise(left)]
    assert sum(paid) == 1_999
    assert min(paid) >= 0


def test_a_time_of_no_length_has_nothing_left() -> None:
    assert left_of([2_000], Period(5, 5), 5) == [0]
