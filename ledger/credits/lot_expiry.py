"""Lot expiry: how long credit lasts when its grant does not say; months are in UTC."""

from __future__ import annotations

from ledger.credits.lots import Kind, Terms
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import ROLL_OVER_US
from ledger.kernel.times import check_time, month_end


def expiry_of(terms: Terms, effective_us: int) -> int | None:
    """Return when a lot ends: `free` with the month it begins in, `included` 90 days after its
    period."""
    if terms.period_end_us is not None:
        if terms.kind is not Kind.INCLUDED:
            raise Invalid("period_end goes with the kind included.", field="period_end")
        if terms.expires_us is not None:
            raise Invalid("give period_end or expires_at, not both.", field="period_end")
        return check_time(terms.period_end_us + ROLL_OVER_US, "period_end")
    if terms.expires_us is None and terms.kind is Kind.FREE:
        return check_time(month_end(effective_us), "effective_at")
    return terms.expires_us
