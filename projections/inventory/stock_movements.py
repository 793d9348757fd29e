"""The read model `stock_movements`: one row a movement of a SKU at a location, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.inventory.movements import Movement, movements_of
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class StockMovementRow(NamedTuple):
    """A movement. `on_hand`, `reserved` and `damaged`: how many units more; below zero: less.
    `other`: the other location of a transfer or of a return; `reason`: the digest of a text;
    `value` and `cost`: by how much stock is worth more, and what was sold has cost more."""

    org: str
    sequence: int
    line: int
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
    currency: str | None
    value: int
    cost: int


def _row(event: RecordedEvent, moved: Movement) -> StockMovementRow:
    return StockMovementRow(
        event.org, event.sequence, 0, recorded_us=event.recorded_us, **moved._asdict()
    )


READ_MODEL = ReadModel("stock_movements", StockMovementRow, movements_of, _row)
