"""Periods of a subscription that runs: the day of the start holds over short months and leap years,
also for who slept, and at the edge of a day and of a period."""

from __future__ import annotations

import pytest

from ledger.kernel.times import format_time
from ledger.subscriptions.plan import Interval
from ledger.subscriptions.subscription_facts import PeriodOpened
from tests.scenarios.subscription_commands import cancel, publish_plan, resume, subscribe
from tests.scenarios.subscriptions.folding import every, pay, periods, sweep, verify
from tests.scenarios.world import World, at


def opened(world: World) -> list[str]:
    """When each period began, by days."""
    facts = [fact for _, fact in every(world) if isinstance(fact, PeriodOpened)]
    return [format_time(each.start_us)[:10] for each in facts]


@pytest.mark.parametrize(
    ("start", "until", "days"),
    [
        # The 31st, in a leap year: 29 February, then the 31st again, 30 April.
        ("2028-01-31", "2028-05-01", ["2028-02-29", "2028-03-31", "2028-04-30"]),
        # In another: 28 February.
        ("2027-01-31", "2027-05-01", ["2027-02-28", "2027-03-31", "2027-04-30"]),
        ("2027-01-30", "2027-04-01", ["2027-02-28", "2027-03-30"]),
        ("2027-01-29", "2027-04-01", ["2027-02-28", "2027-03-29"]),
        ("2028-01-29", "2028-04-01", ["2028-02-29", "2028-03-29"]),
    ],
)
def test_the_day_of_the_start_holds(shop: World, start: str, until: str, days: list[str]) -> None:
    shop.given(at(f"{start}T23:59:59.999999Z"), subscribe("free", method=None))
    shop.given(subscribe("free", user="bob", key="bob", method=None))
    for each in days:
        shop.given(at(f"{each}T23:59:59.999998Z"))
        assert sweep(shop) == 0
        shop.given(at(f"{each}T23:59:59.999999Z"))
        assert sweep(shop) == 1
    assert opened(shop) == days
    # Who slept all the time opens the same, in order.
    shop.given(at(f"{until}T00:00:00Z"))
    assert sweep(shop, "bob") == len(days)
    assert opened(shop)[len(days) :] == days
    assert verify(shop).exit_code == 0


def test_a_year_from_a_leap_day(shop: World) -> None:
    shop.given(publish_plan("yearly", 0, key="yearly", interval=Interval.YEAR))
    shop.given(at("2028-02-29T00:00:00Z"), subscribe("yearly", method=None))
    shop.given(at("2032-03-01T00:00:00Z"))
    assert sweep(shop) == 4
    assert opened(shop) == ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


def test_midnight_is_that_of_utc(shop: World) -> None:
    # It is 1 March in Berlin, and half past three in the afternoon of the 28th in Los Angeles.
    shop.given(at("2026-02-28T23:30:00Z"), subscribe("free", method=None))
    assert periods(shop) == ("2026-02-28", "2026-03-28")


def test_ending_and_going_on_in_the_second_of_the_renewal(paid: World) -> None:
    paid.given(cancel(), at("2026-03-01T12:00:00Z"))
    # What time has brought is recorded when it is looked after: until then it can be withdrawn.
    paid.given(resume())
    assert sweep(paid) == 1
    pay(paid)
    assert periods(paid) == ("2026-03-01", "2026-04-01")
    assert verify(paid).exit_code == 0
