"""Periods of requests: months, days, years and ranges of them, half-open, in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from ledger.kernel.errors import Invalid
from ledger.kernel.times import microseconds

MONTH_PATTERN = "^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])$"
_MONTH = re.compile(r"(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])")
_PART = r"(19[7-9][0-9]|[2-9][0-9]{3})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?)?"
RANGE = rf"{_PART}(?:\.\.{_PART})?"
_RANGE = re.compile(RANGE)


def parse_month(text: str, field: str = "period") -> tuple[int, int]:
    """Return when a month such as `2026-02` begins and when the next one does, in microseconds."""
    match = _MONTH.fullmatch(text)
    if match is None:
        raise Invalid(f"{field} must be a month: 2026-02.", field=field)
    year, month = int(match[1]), int(match[2])
    if (year, month) == (9999, 12):
        raise Invalid(f"{field} must end within the calendar.", field=field)
    begins = datetime(year, month, 1, tzinfo=UTC)
    ends = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return microseconds(begins), microseconds(ends)


def check_month(value: object, field: str) -> str:
    """Return a month. Raises Invalid for what is none."""
    month = value if isinstance(value, str) else ""
    parse_month(month, field)
    return month


def parse_range(text: str) -> tuple[int, int]:
    """Return when a year, a month or a day begins and ends, or a range of them with both its ends,
    such as `2026-01..2026-03`, in microseconds."""
    match = _RANGE.fullmatch(text)
    if match is None:
        raise Invalid(
            "period must be a year, a month or a day, or two of them with .. between: 2026, "
            "2026-02, 2026-02-03, 2026-01..2026-03.",
            field="period",
        )
    begins, ends = _span(*match.group(1, 2, 3))
    if match[4] is not None:
        _, ends = _span(*match.group(4, 5, 6))
    if ends <= begins:
        raise Invalid("period must not end before it begins.", field="period")
    return begins, ends


def _span(year: str, month: str | None, day: str | None) -> tuple[int, int]:
    try:
        begins = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
        if day is not None:
            ends = begins + timedelta(days=1)
        elif month is not None:
            ends = (begins + timedelta(days=31)).replace(day=1)
        else:
            ends = begins.replace(year=begins.year + 1)
    except (ValueError, OverflowError):
        raise Invalid(
            "period must be of days that there are, and end within the calendar.", field="period"
        ) from None
    return microseconds(begins), microseconds(ends)
