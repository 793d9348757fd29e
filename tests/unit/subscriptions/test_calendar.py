"""Periods are computed from the start by the day on which it began: tables worked by hand."""

from __future__ import annotations

import pytest

from ledger.kernel.limits import TIME_MAX_US
from ledger.kernel.times import format_time, parse_time
from ledger.subscriptions.calendar import boundary, months_of, period_from
from ledger.subscriptions.plan import Interval
from tests.scenarios.subscription_commands import plan


def boundaries(start: str, *months: int) -> list[str]:
    """The boundaries so many months after a start, as days and, where it is not midnight, times."""
    moments = [format_time(boundary(parse_time(start, "start"), each)) for each in months]
    return [each.replace("T00:00:00.000000Z", "") for each in moments]


@pytest.mark.parametrize(
    ("start", "months", "days"),
    [
        # The 31st: the last day of each shorter month, and the 31st again. 2028 is a leap year.
        (
            "2027-01-31",
            (1, 2, 3, 4, 12, 13, 14),
            [
                *("2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"),
                *("2028-01-31", "2028-02-29", "2028-03-31"),
            ],
        ),
        ("2027-12-31", (1, 2, 3), ["2028-01-31", "2028-02-29", "2028-03-31"]),
        # The 30th: only February is shorter.
        ("2027-01-30", (1, 2, 13), ["2027-02-28", "2027-03-30", "2028-02-29"]),
        # The 29th: only a February that is not of a leap year is shorter. 2100 is none, 2000 is.
        ("2027-01-29", (1, 2, 13), ["2027-02-28", "2027-03-29", "2028-02-29"]),
        ("2099-12-29", (2, 3), ["2100-02-28", "2100-03-29"]),
        ("1999-12-29", (2,), ["2000-02-29"]),
        # Yearly from the 29th of February: the 28th, and the 29th of the next leap year.
        (
            "2028-02-29",
            (12, 24, 36, 48, 60),
            ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29", "2033-02-28"],
        ),
        # The 28th of February stays the 28th, also where the month has more days.
        ("2027-02-28", (1, 12), ["2027-03-28", "2028-02-28"]),
    ],
)
def test_the_day_of_the_start_holds_as_far_as_the_month_has_it(
    start: str, months: tuple[int, ...], days: list[str]
) -> None:
    assert boundaries(f"{start}T00:00:00Z", *months) == days


def test_the_time_of_the_day_is_that_of_the_start_in_utc() -> None:
    late = "2027-01-31T23:59:59.999999Z"
    assert boundaries(late, 1) == ["2027-02-28T23:59:59.999999Z"]
    assert boundaries("2027-03-31T00:00:00Z", 1) == ["2027-04-30"]


def test_a_period_ends_where_the_next_begins() -> None:
    start_us = parse_time("2027-08-31T12:00:00Z", "start")
    monthly, yearly = plan(), plan(interval=Interval.YEAR, interval_count=2)
    assert (months_of(monthly), months_of(yearly)) == (1, 24)
    for months in range(60):
        one, other = (period_from(start_us, each, monthly) for each in (months, months + 1))
        assert one.end_us == other.start_us
        assert one.start_us < one.end_us
    period = period_from(start_us, 0, yearly)
    assert format_time(period.end_us) == "2029-08-31T12:00:00.000000Z"


def test_what_is_beyond_the_calendar_is_its_end() -> None:
    start_us = parse_time("9999-08-31T00:00:00Z", "start")
    assert boundary(start_us, 2) == TIME_MAX_US
    assert boundary(start_us, 24) == TIME_MAX_US
