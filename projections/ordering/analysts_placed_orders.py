"""The analysts' table `placed_orders`: whose each order was, by whose prices and to where, in
ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.ordering.order_facts import OrderPlaced
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.past_order_facts import OrderImported
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class AnalystsPlacedOrderRow(NamedTuple):
    """An order as it was placed; an empty text is none. `source`: where it was imported from."""

    org: str
    sequence: int
    line: int
    position: int
    order_id: str
    owner: str
    customer_group: str
    price_list: str
    country: str
    region: str
    cart: str
    source: str
    currency: str
    lines: int
    units: int
    to_pay: int
    occurred_at: int
    recorded_at: int
    hash: bytes


class _Placed(NamedTuple):
    order: str
    owner: str | None
    terms: OrderTerms
    cart: str
    source: str
    at_us: int


@ByType
def _placed_by(fact: Fact) -> list[_Placed]:
    return []


@_placed_by.register
def _placed(fact: OrderPlaced) -> list[_Placed]:
    order, cart = name_of(fact.originator_id), fact.cart.id if fact.cart else ""
    return [_Placed(order, fact.user, fact.terms, cart, "", fact.recorded_us)]


@_placed_by.register
def _imported(fact: OrderImported) -> list[_Placed]:
    order = name_of(fact.originator_id)
    return [_Placed(order, fact.user, fact.terms, "", fact.source, fact.placed_us)]


def _row(event: RecordedEvent, placed: _Placed) -> AnalystsPlacedOrderRow:
    terms = placed.terms
    place = terms.ship_to
    return AnalystsPlacedOrderRow(
        event.org,
        event.sequence,
        0,
        event.position,
        placed.order,
        placed.owner or "",
        terms.group or "",
        terms.price_list or "",
        place.country if place else "",
        (place.region or "") if place else "",
        placed.cart,
        placed.source,
        terms.currency,
        len(terms.lines),
        sum(line.units for line in terms.lines),
        terms.to_pay,
        placed.at_us,
        event.recorded_us,
        event.hash,
    )


READ_MODEL = ReadModel(
    "analysts_placed_orders",
    AnalystsPlacedOrderRow,
    _placed_by,
    _row,
    for_analysts=True,
    table="placed_orders",
)
