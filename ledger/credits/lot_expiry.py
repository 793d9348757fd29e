"""How long a lot lasts when its grant does not say, by kind; months are of the calendar, in UTC."""

from __future__ import annotations

from datetime import MAXYEAR
from typing import TYPE_CHECKING

from ledger.credits.lots import Kind
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import ROLL_OVER_US
from ledger.kernel.times import CALENDAR_END, check_time, microseconds, moment

if TYPE_CHECKING:
    from ledger.credits.deposits import Terms


def expiry_of(terms: Terms, effective_us: int) -> int | None:
    """When a lot ends: `free` with the month it begins in, `included` 90 days after its period."""
    if terms.period_end_us is not None:
        if terms.kind is not Kind.INCLUDED:
            raise Invalid("period_end goes with the kind included.", field="period_end")
        if terms.expires_us is not None:
            raise Invalid("give period_end or expires_at, not both.", field="period_end")
        return check_time(terms.period_end_us + ROLL_OVER_US, "period_end")
    if terms.expires_us is None and terms.kind is Kind.FREE:
        return check_time(month_end(effective_us), "effective_at")
    return terms.expires_us


def month_of(us: int) -> str:
    """The month of a moment, as 2026-02."""
    return moment(us).strftime("%Y-%m")


def month_end(us: int) -> int:
    """The first moment of the next month; of the calendar's last month, its end."""
    first = moment(us).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if (first.year, first.month) == (MAXYEAR, 12):
        return microseconds(CALENDAR_END)
    december = first.month == 12
    return microseconds(
        first.replace(year=first.year + december, month=1 if december else first.month + 1)
    )
