"""The analysts' table `stock_movements`: one row a movement of a SKU at a location, in
ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.inventory.movements import Movement, movements_of
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class AnalystsStockMovementRow(NamedTuple):
    """A movement: how many units more, or below zero less, of each sum, and what that is in
    money. An empty text is none."""

    org: str
    sequence: int
    line: int
    position: int
    location: str
    sku: str
    kind: str
    on_hand: int
    reserved: int
    damaged: int
    currency: str
    value: int
    cost: int
    reservation: str
    owner: str
    other: str
    recorded_at: int
    hash: bytes


def _row(event: RecordedEvent, moved: Movement) -> AnalystsStockMovementRow:
    return AnalystsStockMovementRow(
        event.org,
        event.sequence,
        0,
        event.position,
        moved.location,
        moved.sku,
        moved.kind,
        moved.on_hand,
        moved.reserved,
        moved.damaged,
        moved.currency or "",
        moved.value,
        moved.cost,
        moved.reservation or "",
        moved.owner or "",
        moved.other or "",
        event.recorded_us,
        event.hash,
    )


READ_MODEL = ReadModel(
    "analysts_stock_movements",
    AnalystsStockMovementRow,
    movements_of,
    _row,
    for_analysts=True,
    table="stock_movements",
)
