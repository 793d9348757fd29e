"""What was used of meters, as the store keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from ledger.rating.months import MeterKey


class MeterRow(NamedTuple):
    """What was used of a meter in one month; see `ledger/rating/months.py`."""

    org: str
    payer: str
    provider: str
    model: str
    meter: str
    month: str
    used: int


class MeterRows(Protocol):
    """Rows of meters, read by the one thread that decides."""

    def meters_used(self, keys: Iterable[MeterKey]) -> dict[MeterKey, int]:
        """What was used of meters of which something was."""


class KeptMeters(Protocol):
    """What verification reads of meters, at one moment of the store."""

    def meters(self) -> Iterable[MeterRow]:
        """What was used of meters in a month."""
