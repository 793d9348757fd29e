"""The analysts' table `order_lines`: what each line has brought when its order was confirmed, and
what of that went back, in ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.ordering.line_moves import LineMove, line_moves_of
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class AnalystsOrderLineRow(NamedTuple):
    """A change of what a line has brought: `subtotal - discount = amount` without tax and
    `amount + tax = total`, in the currency's smallest unit; below zero: less. An empty text is
    none. `occurred_at`: when, of an order that was imported when it was placed."""

    org: str
    sequence: int
    line: int
    position: int
    order_id: str
    line_id: int
    kind: str
    sku: str
    item: str
    item_type: str
    owner: str
    currency: str
    units: int
    subtotal: int
    discount: int
    amount: int
    tax: int
    total: int
    is_shipping: bool
    occurred_at: int
    recorded_at: int
    hash: bytes


def _row(event: RecordedEvent, moved: LineMove) -> AnalystsOrderLineRow:
    return AnalystsOrderLineRow(
        event.org,
        event.sequence,
        moved.number,
        event.position,
        moved.order,
        moved.line_id,
        moved.kind,
        moved.sku,
        moved.item,
        moved.item_type,
        moved.owner,
        moved.currency,
        moved.units,
        moved.subtotal,
        moved.discount,
        moved.amount,
        moved.tax,
        moved.total,
        moved.is_shipping,
        event.recorded_us if moved.at_us is None else moved.at_us,
        event.recorded_us,
        event.hash,
    )


READ_MODEL = ReadModel(
    "analysts_order_lines",
    AnalystsOrderLineRow,
    line_moves_of,
    _row,
    for_analysts=True,
    table="order_lines",
)
