"""The read model `stored_value_movements`: one row a movement of a gift card or a store credit, in
PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.ports import RecordedEvent
from ledger.stored_value.movements import ValueMovement, value_movements_of
from projections.read_model import ReadModel


class StoredValueMovementRow(NamedTuple):
    """A movement. `balance`, `claimed`: by how much each is more; below zero: less. `reason`: the
    digest of a text."""

    org: str
    sequence: int
    line: int
    source: str
    kind: str
    currency: str
    balance: int
    claimed: int
    order_id: str | None
    reason: str | None
    recorded_us: int


def _row(event: RecordedEvent, moved: ValueMovement) -> StoredValueMovementRow:
    return StoredValueMovementRow(
        event.org, event.sequence, 0, *moved, recorded_us=event.recorded_us
    )


READ_MODEL = ReadModel("stored_value_movements", StoredValueMovementRow, value_movements_of, _row)
