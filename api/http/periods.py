"""Periods of requests: months, half-open, in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ledger.kernel.errors import Invalid
from ledger.kernel.times import microseconds

_MONTH = re.compile(r"(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])")


def parse_month(text: str) -> tuple[int, int]:
    """Return when a month such as `2026-02` begins and when the next one does, in microseconds."""
    match = _MONTH.fullmatch(text)
    if match is None:
        raise Invalid("period must be a month: 2026-02.", field="period")
    year, month = int(match[1]), int(match[2])
    if (year, month) == (9999, 12):
        raise Invalid("period must end within the calendar.", field="period")
    begins = datetime(year, month, 1, tzinfo=UTC)
    ends = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return microseconds(begins), microseconds(ends)
