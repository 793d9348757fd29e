"""The calendar of subscriptions: periods in UTC, half-open, each computed from the start by the day
on which it began, never from the period before."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR
from typing import NamedTuple

from ledger.kernel.limits import TIME_MAX_US
from ledger.kernel.times import microseconds, moment
from ledger.subscriptions.plan import Interval, Plan


class Period(NamedTuple):
    """A time, half-open, in microseconds."""

    start_us: int
    end_us: int


def months_of(plan: Plan) -> int:
    """Return how many months a plan's period has."""
    return plan.interval_count * (12 if plan.interval is Interval.YEAR else 1)


def boundary(anchor_us: int, months: int) -> int:
    """Return the moment so many months after an anchor: on its day, or the last of a month that is
    shorter. Beyond what is stored it is the end of that."""
    at = moment(anchor_us)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    if year > MAXYEAR:
        return TIME_MAX_US
    day = min(at.day, monthrange(year, month + 1)[1])
    return min(microseconds(at.replace(year=year, month=month + 1, day=day)), TIME_MAX_US)


def period_from(anchor_us: int, months: int, plan: Plan) -> Period:
    """Return a plan's period that begins so many months after an anchor."""
    return Period(boundary(anchor_us, months), boundary(anchor_us, months + months_of(plan)))
