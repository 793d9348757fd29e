"""Counters as PostgreSQL returns them: what they add up is a numeric there, without bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger.credits.ports import CounterRow
from ledger.rating.ports import MeterRow


def counter_row(row: Sequence[Any]) -> CounterRow:
    """Return a row of `tally.cap_counters`."""
    found = CounterRow(*row)
    return found._replace(spent=int(found.spent), held=int(found.held))


def meter_row(row: Sequence[Any]) -> MeterRow:
    """Return a row of `tally.meter_counters`."""
    found = MeterRow(*row)
    return found._replace(used=int(found.used))
