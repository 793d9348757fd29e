"""Shipments of an order: made, sent, delivered or given up, and what became of its lines."""

from __future__ import annotations

from api.commands.fulfilment.shipments import (
    CancelShipment,
    CreateShipment,
    DeliverShipment,
    ShipShipment,
)
from api.http.answers import Created, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.fulfilment.answers import (
    FulfilmentAnswer,
    ShipmentAnswer,
    fulfilment_answer,
    shipment_answer,
)
from api.http.fulfilment.bodies import NewShipment, ShipmentTracking, sent_in, tracking_in
from api.http.fulfilment.permissions import FulfilmentsReader, FulfilmentsWriter
from api.http.ordering.capturing import captured
from api.http.ordering.routes.orders import GuestSecret, find
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.fulfilment.shipments import fulfilment_of
from api.queries.internal_transfers.internal_transfers import transfers_of_order
from api.queries.ordering.orders import history_of, refunds_in, terms_in
from api.queries.returns.returns import returns_of, units_received
from ledger.fulfilment.fulfilment import AskedGoods
from ledger.fulfilment.shipment_facts import ShipmentCreated
from ledger.kernel.errors import Conflict, NotFound, OutOfStock, PaymentDeclined, Unavailable
from ledger.ordering.order_captures import NotCaptured

router = Router(prefix="/v1/orders/{order}/fulfilments", tags=["fulfilment"])


@router.post("", openapi_extra=may_answer(NotFound, Conflict))
async def create_shipment(
    caller: FulfilmentsWriter, key: IdempotencyKey, order: str, body: NewShipment
) -> Created[ShipmentAnswer]:
    """Make a shipment of units of an order that are in none, and are not paid back: of some, or of
    all. No stock moves until it leaves."""
    found = await find(caller, order)
    command = CreateShipment(
        **caller.asks(key),
        sent={"order": found.id, **sent_in(body)},
        order=found.id,
        shipment=caller.new_id("shp"),
        lines=tuple(AskedGoods(each.line, each.units) for each in body.lines or ()),
        location=body.location,
        tracking=tracking_in(body, caller.service.carriers),
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, ShipmentCreated)
    return Created(await _answered(caller, found.id, fact.shipment), replayed=result.replayed)


@router.get("", openapi_extra=may_answer(NotFound))
async def look_at_fulfilment(
    caller: FulfilmentsReader, order: str, guest_secret: GuestSecret = None
) -> Ok[FulfilmentAnswer]:
    """How far an order is: its shipments, those that were made first first, and what became of the
    units of each line. With a secret it is the guest's who has it."""
    found = await find(caller, order, guest_secret, of_the_past=True)
    reader = caller.service.reader
    history = await history_of(reader, caller.org, found.id)
    sent = await fulfilment_of(reader, caller.org, found.id)
    returned = units_received((await returns_of(reader, caller.org, found.id)).values())
    refunded: dict[int, int] = {}
    for refund in refunds_in(history):
        for line in refund.gone_lines:
            refunded[line["line"]] = refunded.get(line["line"], 0) + line["units"]
    terms = terms_in(history)
    moved = await transfers_of_order(reader, caller.org, found.id)
    return Ok(fulfilment_answer(found.id, found.status, terms, sent, moved, returned, refunded))


@router.post(
    "/{shipment}/ship",
    openapi_extra=may_answer(NotFound, Conflict, OutOfStock, PaymentDeclined, Unavailable),
)
async def ship_shipment(
    caller: FulfilmentsWriter,
    key: IdempotencyKey,
    order: str,
    shipment: str,
    body: ShipmentTracking,
) -> Ok[ShipmentAnswer]:
    """Have a shipment leave: its units are on hand no more, and no others. What is said of its way
    takes the place of what was said before. Where the money of the order is only authorised, it is
    captured first: without it nothing leaves."""
    found = await find(caller, order)
    command = ShipShipment(
        **caller.asks(key),
        sent={"order": found.id, "shipment": shipment, **body.sent()},
        order=found.id,
        shipment=shipment,
        tracking=tracking_in(body, caller.service.carriers),
    )
    try:
        result = await caller.service.writer.submit(command)
    except NotCaptured:
        await captured(caller, found.id)
        result = await caller.service.writer.submit(command)
    return Ok(await _answered(caller, found.id, shipment), replayed=result.replayed)


@router.post("/{shipment}/deliver", openapi_extra=may_answer(NotFound))
async def deliver_shipment(
    caller: FulfilmentsWriter, key: IdempotencyKey, order: str, shipment: str
) -> Ok[ShipmentAnswer]:
    """Say that a shipment has arrived."""
    found = await find(caller, order)
    command = DeliverShipment(
        **caller.asks(key),
        sent={"order": found.id, "shipment": shipment},
        order=found.id,
        shipment=shipment,
    )
    result = await caller.service.writer.submit(command)
    return Ok(await _answered(caller, found.id, shipment), replayed=result.replayed)


@router.post("/{shipment}/cancel", openapi_extra=may_answer(NotFound))
async def cancel_shipment(
    caller: FulfilmentsWriter, key: IdempotencyKey, order: str, shipment: str
) -> Ok[ShipmentAnswer]:
    """Give a shipment up that has not left: its units can be in another."""
    found = await find(caller, order)
    command = CancelShipment(
        **caller.asks(key),
        sent={"order": found.id, "shipment": shipment},
        order=found.id,
        shipment=shipment,
    )
    result = await caller.service.writer.submit(command)
    return Ok(await _answered(caller, found.id, shipment), replayed=result.replayed)


async def _answered(caller: Caller, order: str, shipment: str) -> ShipmentAnswer:
    found = await fulfilment_of(caller.service.reader, caller.org, order)
    return shipment_answer(found.shipments[shipment])
