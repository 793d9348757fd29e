"""Bodies of requests about shipments, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import Field

from api.http.fields import Body, Label, Name, Units
from api.http.inventory.bodies import LocationId
from api.http.purchases.bodies import Url
from api.http.requests import JsonBody
from ledger.fulfilment.carrier import check_number
from ledger.fulfilment.ports import Carriers
from ledger.fulfilment.shipment import Tracking
from ledger.kernel.limits import LINES_PER_ORDER_MAX


class GoodsLineBody(Body):
    """What is sent of a line: so many units; without: all that are in no shipment."""

    line: Annotated[int, Field(ge=1, le=LINES_PER_ORDER_MAX)]
    units: Units | None = None


class TrackingBody(Body):
    """By which carrier a shipment goes, and under which number of theirs. `tracking_url`: where
    they tell how far it is; of a carrier that is known it is made from the number."""

    carrier: Name | None = None
    tracking_number: Label | None = None
    tracking_url: Url | None = None


class ShipmentBody(TrackingBody):
    """What is sent together: of `lines`; without: all that is in no shipment. `location`: from
    where alone it is sent."""

    lines: (
        Annotated[list[GoodsLineBody], Field(min_length=1, max_length=LINES_PER_ORDER_MAX)] | None
    ) = None
    location: LocationId | None = None


def tracking_in(body: TrackingBody, carriers: Carriers) -> Tracking | None:
    """Return what a body says of how a shipment goes, with where that is told. Raises Invalid."""
    number = None if body.tracking_number is None else check_number(body.tracking_number)
    url = body.tracking_url
    if url is None and body.carrier is not None and number is not None:
        url = carriers.tracking_url(body.carrier, number)
    found = Tracking(body.carrier, number, url)
    return None if found == Tracking() else found


def sent_in(body: ShipmentBody) -> dict[str, object]:
    """Return what was sent, with its lines as they were."""
    lines = {"lines": [each.sent() for each in body.lines]} if body.lines else {}
    return body.sent() | lines


NewShipment = Annotated[ShipmentBody, Depends(JsonBody(ShipmentBody))]
ShipmentTracking = Annotated[TrackingBody, Depends(JsonBody(TrackingBody))]
