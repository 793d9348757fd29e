"""The analysts' table `purchases`: one row a movement of money, in ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.ports import RecordedEvent
from projections.purchases.movements import LineMoved, lines_of
from projections.read_model import ReadModel


class AnalystsPurchaseRow(NamedTuple):
    """A movement of money. `amount`, in the currency's smallest unit, is below zero for what went
    out; times in microseconds."""

    org: str
    sequence: int
    line: int
    position: int
    purchase: str
    provider: str
    movement: str
    of: str
    amount: int
    currency: str
    recorded_at: int
    hash: bytes


def _row(event: RecordedEvent, line: LineMoved) -> AnalystsPurchaseRow:
    moved = line.moved
    return AnalystsPurchaseRow(
        event.org,
        event.sequence,
        0,
        event.position,
        line.purchase,
        moved.provider,
        moved.why.value,
        moved.of,
        moved.change,
        moved.money.currency,
        event.recorded_us,
        event.hash,
    )


READ_MODEL = ReadModel(
    "analysts_purchases",
    AnalystsPurchaseRow,
    lines_of,
    _row,
    for_analysts=True,
    table="purchases",
)
