"""Stock movements: what comes, goes and is counted, and the list of all of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.commands.inventory.reservations import ReturnStock
from api.commands.inventory.stock import AdjustStock, ReceiveStock, TransferStock
from api.http.answers import Created, ListAnswer, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.errors import TooManyReads
from api.http.inventory.answers.reservations import ReservationChangeAnswer, change_answer
from api.http.inventory.answers.stock import (
    MovementAnswer,
    movement_answer,
    recorded_movement,
)
from api.http.inventory.bodies import (
    Receipt,
    StockAdjustment,
    StockReturn,
    StockTransfer,
    lines_in,
    paid_in,
    sent_in,
)
from api.http.inventory.permissions import StockReader, StockWriter
from api.http.paging import Cursors, Limit, parse_min_sequence
from api.http.parameters import Sequence, Text, Time, checked_text
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.inventory.movements import movements
from api.queries.read_models import applied_sequence
from ledger.inventory.location import check_location
from ledger.kernel.errors import Conflict, NotFound, OutOfStock
from ledger.kernel.ids import check_sku
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.times import parse_time

router = Router(prefix="/v1/stock/movements", tags=["inventory"])


@router.get("", openapi_extra=may_answer(TooManyReads))
async def list_movements(
    caller: StockReader,
    sku: Text | None = None,
    location: Text | None = None,
    owner: Text | None = None,
    from_: Annotated[Time | None, Query(alias="from")] = None,
    to: Time | None = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[MovementAnswer]]:
    """Every change of a level, the newest first; of one SKU, of one location, of what one owner had
    reserved, or of a time."""
    filters = {
        "sku": None if sku is None else check_sku(sku),
        "location": None if location is None else check_location(location),
        "owner": checked_text(owner, "owner"),
        "from_us": None if from_ is None else parse_time(from_, "from"),
        "to_us": None if to is None else parse_time(to, "to"),
    }
    cursors = Cursors(caller, "stock_movements", filters)
    before = cursors.read(cursor, int, AMOUNT_MAX)
    page = cursors.page(limit)
    at_least = parse_min_sequence(min_sequence, cursor)
    async with caller.service.reads.read(caller.org):
        reader = caller.service.long_reader
        as_of = await applied_sequence(reader, caller.org, "stock_movements", at_least)
        found = await movements(reader, caller.org, filters, before, page.asked)
    found = page.cut(found, lambda each: each.sequence)
    return Ok(ListAnswer([movement_answer(each) for each in found], page.next_cursor, as_of))


@router.post("/receipts", openapi_extra=may_answer(NotFound))
async def receive_stock(
    caller: StockWriter, key: IdempotencyKey, body: Receipt
) -> Created[MovementAnswer]:
    """Take units in that have come to a location, with what they have cost, if that is said."""
    command = ReceiveStock(
        **caller.asks(key),
        sent=body.sent(),
        location=body.location,
        sku=body.sku,
        quantity=body.quantity,
        reference=body.reference,
        paid=paid_in(body),
    )
    result = await caller.service.writer.submit(command)
    return Created(recorded_movement(result.stored_fact), replayed=result.replayed)


@router.post("/adjustments", openapi_extra=may_answer(NotFound, OutOfStock))
async def adjust_stock(
    caller: StockWriter, key: IdempotencyKey, body: StockAdjustment
) -> Created[MovementAnswer]:
    """Count units that were not known, or below zero strike some off. What is reserved stays,
    unless more than there is may be sold."""
    sent = body.sent()
    del sent["reason"]  # erasable: compared by its digest
    command = AdjustStock(
        **caller.asks(key),
        sent=sent,
        location=body.location,
        sku=body.sku,
        quantity=body.quantity,
        condition=body.condition,
        reason=sealed_reason(caller, body.reason, caller.actor.subject),
    )
    result = await caller.service.writer.submit(command)
    reason = None if result.erased else body.reason
    return Created(recorded_movement(result.stored_fact, reason), replayed=result.replayed)


@router.post("/transfers", openapi_extra=may_answer(NotFound, OutOfStock))
async def transfer_stock(
    caller: StockWriter, key: IdempotencyKey, body: StockTransfer
) -> Created[MovementAnswer]:
    """Move units that nobody has reserved to another location; the answer is the movement out, the
    one in is of the same commit."""
    command = TransferStock(
        **caller.asks(key),
        sent=body.sent(),
        location=body.location,
        sku=body.sku,
        to=body.to,
        quantity=body.quantity,
        reference=body.reference,
    )
    result = await caller.service.writer.submit(command)
    return Created(recorded_movement(result.stored_fact), replayed=result.replayed)


@router.post("/returns", openapi_extra=may_answer(NotFound, Conflict))
async def return_stock(
    caller: StockWriter, key: IdempotencyKey, body: StockReturn
) -> Created[ReservationChangeAnswer]:
    """Take units back that an owner was sent, never more than were shipped to them. The parts of
    the answer are from where they had left."""
    command = ReturnStock(
        **caller.asks(key),
        sent=sent_in(body),
        reservation=body.reservation,
        owner=body.owner,
        lines=lines_in(body.lines),
        condition=body.condition,
        location=body.location,
    )
    result = await caller.service.writer.submit(command)
    return Created(change_answer(result.stored_fact), replayed=result.replayed)
