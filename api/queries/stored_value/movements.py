"""Movements of what is stored, the newest first."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.reader import Reader
from ledger.stored_value.value_source import ValueSource


class ListedValueMovement(NamedTuple):
    """A movement of a list; `reason`: an erasable text, null once it is erased."""

    sequence: int
    kind: str
    currency: str
    balance: int
    claimed: int
    order_id: str | None
    reason: str | None
    recorded_us: int


async def value_movements(
    reader: Reader, org: str, source: ValueSource, before: int, limit: int
) -> list[ListedValueMovement]:
    """Return movements of a source before a sequence, the newest first."""
    asked = {"org": org, "source": source.path, "before": before, "limit": limit}
    rows = await reader.rows(org, "stored_value/movements", asked)
    return [ListedValueMovement(**row) for row in rows]
