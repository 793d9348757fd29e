"""The read model `order_lines`: one row a line of an order as it was placed, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.ordering.order_facts import OrderPlaced
from ledger.ordering.order_terms import PlacedLine
from ledger.ordering.past_order_facts import OrderImported
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class OrderLineRow(NamedTuple):
    """A line: `subtotal - discount = total`, in the currency's smallest unit. `line_id` names it in
    its order."""

    org: str
    sequence: int
    line: int
    order_id: str
    line_id: int
    sku: str
    item: str | None
    item_type: str | None
    units: int
    unit_price: int
    price_version: int
    subtotal: int
    discount: int
    total: int
    currency: str
    owner: str | None
    recorded_us: int


class _Line(NamedTuple):
    order: str
    placed: PlacedLine
    currency: str
    owner: str | None
    at_us: int


@ByType
def _lines_of(fact: Fact) -> list[_Line]:
    return []


@_lines_of.register
def _placed(fact: OrderPlaced) -> list[_Line]:
    return _lines(fact, fact.recorded_us)


@_lines_of.register
def _imported(fact: OrderImported) -> list[_Line]:
    return _lines(fact, fact.placed_us)


def _lines(fact: OrderPlaced | OrderImported, at_us: int) -> list[_Line]:
    order, terms = name_of(fact.originator_id), fact.terms
    return [_Line(order, line, terms.currency, fact.user, at_us) for line in terms.lines]


def _row(event: RecordedEvent, line: _Line) -> OrderLineRow:
    placed = line.placed
    return OrderLineRow(
        event.org,
        event.sequence,
        placed.id - 1,
        line.order,
        placed.id,
        placed.sku,
        placed.item,
        placed.item_type,
        placed.units,
        placed.unit_price,
        placed.price_version,
        placed.subtotal,
        placed.discount,
        placed.total,
        line.currency,
        line.owner,
        line.at_us,
    )


READ_MODEL = ReadModel("order_lines", OrderLineRow, _lines_of, _row)
