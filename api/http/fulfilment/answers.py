"""Answers about shipments, and about what became of each line of an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from api.http.answers import Answer, Time, one_of, time_or_null
from api.queries.fulfilment.shipments import FoundFulfilment, FoundShipment, ListedShipment
from api.queries.internal_transfers.internal_transfers import FoundTransfer
from ledger.catalogue.item_type import Kind
from ledger.fulfilment.carrier import Carrier
from ledger.fulfilment.goods import GoodsLine, LineUnits, goods_of
from ledger.fulfilment.shipment import ShipmentStatus, Tracking
from ledger.kernel.times import format_time
from ledger.ordering.order_status import OrderStatus
from ledger.ordering.order_terms import OrderTerms, PlacedLine


class GoodsLineAnswer(Answer):
    """So many units of a line."""

    line: int
    sku: str
    units: int


class SentPartAnswer(Answer):
    """What of the stock at a location has left."""

    location: str
    sku: str
    units: int


class ShipmentAnswer(Answer):
    """A shipment. `location`: from where alone it is sent; `parts`: what of the stock has left with
    it."""

    shipment: str
    status: Annotated[str, one_of(ShipmentStatus)]
    lines: list[GoodsLineAnswer]
    location: str | None
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    parts: list[SentPartAnswer]
    created_at: Time
    shipped_at: Time | None
    delivered_at: Time | None
    cancelled_at: Time | None


class LineUnitsAnswer(Answer):
    """What became of the units of a line. `kind`: how it is fulfilled; only goods, which are
    `physical` or of no kind, are shipped, and an `internal_transfer` is sent and received.
    `to_ship`: still to be sent; `withdrawn`: never sent, as they were paid back; `refunded`: paid
    back, or about to be."""

    line: int
    sku: str
    kind: Annotated[str, one_of(Kind)] | None
    ordered: int
    to_ship: int
    shipped: int
    delivered: int
    withdrawn: int
    returned: int
    refunded: int


class FulfilmentAnswer(Answer):
    """How far an order is: its shipments, and each of its lines."""

    order: str
    status: Annotated[str, one_of(OrderStatus)]
    shipments: list[ShipmentAnswer]
    lines: list[LineUnitsAnswer]


class ListedShipmentAnswer(Answer):
    """A shipment of a list: of how many `units` in how many `lines`."""

    shipment: str
    order: str
    user: str | None
    status: Annotated[str, one_of(ShipmentStatus)]
    location: str | None
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    lines: int
    units: int
    created_at: Time
    shipped_at: Time | None
    delivered_at: Time | None
    cancelled_at: Time | None


class CarrierAnswer(Answer):
    """A carrier that is known. `url`: where it tells how far a shipment is, with `{number}` in the
    place of its number."""

    id: str
    name: str
    url: str


class CarriersAnswer(Answer):
    """Every carrier that is known, by id."""

    data: list[CarrierAnswer]


def shipment_answer(found: FoundShipment) -> ShipmentAnswer:
    """Return a shipment as it is answered."""
    made = found.shipment
    tracking = made.tracking or Tracking()
    return ShipmentAnswer(
        found.id,
        made.status,
        [GoodsLineAnswer(each.line, each.sku, each.units) for each in made.lines],
        made.location,
        tracking.carrier,
        tracking.number,
        tracking.url,
        [SentPartAnswer(each.location, each.sku, each.quantity) for each in made.parts],
        format_time(found.created_us),
        time_or_null(found.shipped_us),
        time_or_null(found.delivered_us),
        time_or_null(found.cancelled_us),
    )


def fulfilment_answer(
    order: str,
    status: str,
    terms: OrderTerms,
    found: FoundFulfilment,
    transfers: Sequence[FoundTransfer],
    returned: Mapping[int, int],
    refunded: Mapping[int, int],
) -> FulfilmentAnswer:
    """Return how far an order is, as it is answered: `returned` and `refunded` units by line."""
    sent = {each.line: LineUnits(each) for each in goods_of(terms)}
    sent |= {each.goods.line: each for each in found.lines()}
    sent |= {each.line: _moved(each) for each in transfers}
    return FulfilmentAnswer(
        order,
        status,
        [shipment_answer(each) for each in found.shipments.values()],
        [
            _line_answer(
                each, sent.get(each.id), returned.get(each.id, 0), refunded.get(each.id, 0)
            )
            for each in terms.lines
        ],
    )


def listed_answer(listed: ListedShipment) -> ListedShipmentAnswer:
    """Return a shipment of a list as it is answered."""
    return ListedShipmentAnswer(
        listed.id,
        listed.order_id,
        listed.owner,
        listed.status,
        listed.location,
        listed.carrier,
        listed.tracking_number,
        listed.tracking_url,
        listed.lines,
        listed.units,
        format_time(listed.created_us),
        time_or_null(listed.shipped_us),
        time_or_null(listed.delivered_us),
        time_or_null(listed.cancelled_us),
    )


def carriers_answer(carriers: Sequence[Carrier]) -> CarriersAnswer:
    """Return carriers as they are answered."""
    return CarriersAnswer([CarrierAnswer(*each) for each in carriers])


def _moved(found: FoundTransfer) -> LineUnits:
    return LineUnits(
        GoodsLine(found.line, found.sku, found.ordered),
        withdrawn=found.withdrawn,
        shipped=found.sent,
        delivered=found.received,
    )


def _line_answer(
    line: PlacedLine, sent: LineUnits | None, returned: int, refunded: int
) -> LineUnitsAnswer:
    return LineUnitsAnswer(
        line.id,
        line.sku,
        line.kind,
        line.units,
        sent.to_ship if sent else 0,
        sent.shipped if sent else 0,
        sent.delivered if sent else 0,
        sent.withdrawn if sent else 0,
        returned,
        refunded,
    )
