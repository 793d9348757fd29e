"""Hours: when of the day and of the week a price applies, in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

MINUTE_US = 60 * 1_000_000
MINUTES_A_DAY = 24 * 60
DAYS_A_WEEK = 7
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EPOCH_WEEKDAY = 3
"""1970 began on a Thursday: three days after a Monday."""


class Hours(msgspec.Struct, frozen=True, omit_defaults=True):
    """From a minute of the day until another, which is not in it; past midnight when that is not
    later. `weekdays`: only on these, 1 Monday to 7 Sunday, by the moment itself; empty: on all."""

    from_minute: int = 0
    until_minute: int = MINUTES_A_DAY
    weekdays: list[int] = []

    def include(self, us: int) -> bool:
        """Tell whether a moment is in them."""
        days, minute = divmod(us // MINUTE_US, MINUTES_A_DAY)
        if self.weekdays and (days + _EPOCH_WEEKDAY) % DAYS_A_WEEK + 1 not in self.weekdays:
            return False
        if self.from_minute < self.until_minute:
            return self.from_minute <= minute < self.until_minute
        return minute >= self.from_minute or minute < self.until_minute


def overlap(several: Iterable[Hours]) -> bool:
    """Tell whether a minute of the week is in two of them."""
    spans = sorted(span for hours in several for span in _spans(hours))
    return any(start < end for (_, end), (start, _) in pairwise(spans))


def _spans(hours: Hours) -> Iterator[tuple[int, int]]:
    """Yield the runs of minutes of a week that they are."""
    start, end = hours.from_minute, hours.until_minute
    runs = [(start, end)] if start < end else [(0, end), (start, MINUTES_A_DAY)]
    for day in hours.weekdays or range(1, DAYS_A_WEEK + 1):
        for first, last in runs:
            if first < last:
                yield day * MINUTES_A_DAY + first, day * MINUTES_A_DAY + last
