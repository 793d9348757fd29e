"""Movements of stock, the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from api.queries.reader import Reader


class ListedMovement(NamedTuple):
    """A movement of a list: how many units more, or below zero less, of each sum; `reason`: an
    erasable text, null once it is erased."""

    sequence: int
    location: str
    sku: str
    kind: str
    on_hand: int
    reserved: int
    damaged: int
    reservation: str | None
    owner: str | None
    other: str | None
    reference: str | None
    reason: str | None
    recorded_us: int


async def movements(
    reader: Reader, org: str, filters: Mapping[str, str | int | None], before: int, limit: int
) -> list[ListedMovement]:
    """Return movements before a sequence, the newest first."""
    asked = {"org": org, **filters, "before": before, "limit": limit}
    return [ListedMovement(**row) for row in await reader.rows(org, "inventory/movements", asked)]
