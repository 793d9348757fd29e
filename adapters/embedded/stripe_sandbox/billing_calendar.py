"""The billing calendar: when the periods of a subscription begin, each counted from its anchor."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime

from adapters.embedded.stripe_sandbox.store import Resource

_MONTHS = {"month": 1, "year": 12}


def months_of(price: Resource) -> int:
    """Return how many months a period of a price has."""
    recurring = price["recurring"]
    return _MONTHS[recurring["interval"]] * int(recurring["interval_count"])


def months_later(anchor: int, months: int) -> int:
    """Return the time so many months later: on the same day, or the last of a shorter month."""
    at = datetime.fromtimestamp(anchor, UTC)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp())


def end_after(anchor: int, at: int, months: int) -> int:
    """Return the end of the period that has begun at a time."""
    count = 1
    while (end := months_later(anchor, count * months)) <= at:
        count += 1
    return end
