"""Proration: what is left of the prices of a period at a moment within it, exact in integers.

What is left depends on the prices and the moment alone. So what is given back and what is asked for
the same at the same moment cancel, and changes never drift: what was paid for a time is what was
left at its beginning less what was left at its end, to half a unit of all prices together.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.invoices.earning import seconds
from ledger.kernel.shares import apportion, half_even
from ledger.subscriptions.calendar import Period


def left_of(prices: Sequence[int], period: Period, at_us: int) -> list[int]:
    """Return what is left of each price: together half-even of all of them by the seconds that
    remain, and the rest of the division where the remainders are largest."""
    whole = seconds(period.end_us - period.start_us)
    remaining = min(max(seconds(period.end_us - at_us), 0), whole)
    if not whole:
        return [0 for _ in prices]
    parts = [price * remaining for price in prices]
    return apportion(half_even(sum(parts), whole), parts, whole)
