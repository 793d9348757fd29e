"""Reservations: units that are an owner's for a while, confirmed, released, shipped."""

from __future__ import annotations

from api.commands.command import KeyedCommand
from api.commands.inventory.reservations import (
    ConfirmReservation,
    ReleaseReservation,
    ReserveStock,
    ShipReservation,
)
from api.http.answers import Created, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.inventory.answers.reservations import (
    MadeReservationAnswer,
    ReservationAnswer,
    ReservationChangeAnswer,
    change_answer,
    made_answer,
    reservation_answer,
)
from api.http.inventory.bodies import (
    OwnerOnly,
    Reserve,
    ReserveBody,
    SomeLines,
    lines_in,
    sent_in,
)
from api.http.inventory.permissions import StockReader, StockWriter
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.inventory.reservations import parts_of
from ledger.inventory.reservation import no_such
from ledger.kernel.errors import Conflict, NotFound, OutOfStock
from ledger.kernel.limits import RESERVATION_DEFAULT_US, TEXT_MAX

router = Router(prefix="/v1/stock/reservations", tags=["inventory"])

SECOND_US = 1_000_000


@router.post("", openapi_extra=may_answer(Conflict, NotFound, OutOfStock))
async def reserve_stock(
    caller: StockWriter, key: IdempotencyKey, body: Reserve
) -> Created[MadeReservationAnswer]:
    """Set units aside for an owner, for 15 minutes unless said: every line, or none. They are taken
    from active locations by their priority."""
    made, replayed = await reserve_units(caller, key, body)
    return Created(made, replayed=replayed)


async def reserve_units(
    caller: Caller, key: str, body: ReserveBody
) -> tuple[MadeReservationAnswer, bool]:
    """Return the reservation that is made, and whether it was before."""
    command = ReserveStock(
        **caller.asks(key),
        sent=sent_in(body),
        reservation=caller.new_id("rsv"),
        owner=body.owner,
        lines=lines_in(body.lines),
        lasts_us=body.expires_in * SECOND_US if body.expires_in else RESERVATION_DEFAULT_US,
    )
    result = await caller.service.writer.submit(command)
    return made_answer(result.stored_fact), result.replayed


@router.get("/{reservation}", openapi_extra=may_answer(NotFound))
async def look_at_reservation(caller: StockReader, reservation: str) -> Ok[ReservationAnswer]:
    """A reservation, also one that has ended, and what became of each part of it."""
    service = caller.service
    found = await parts_of(service.reader, caller.org, _checked(reservation))
    if not found:
        raise no_such()
    return Ok(reservation_answer(reservation, found, service.clock()))


@router.post("/{reservation}/confirm", openapi_extra=may_answer(Conflict, NotFound))
async def confirm_reservation(
    caller: StockWriter, key: IdempotencyKey, reservation: str, body: OwnerOnly
) -> Ok[ReservationChangeAnswer]:
    """Have time not end an owner's reservation any more."""
    command = ConfirmReservation(
        **caller.asks(key),
        sent={"reservation": reservation, **body.sent()},
        reservation=_checked(reservation),
        owner=body.owner,
    )
    return await _changed(caller, command)


@router.post("/{reservation}/release", openapi_extra=may_answer(Conflict, NotFound))
async def release_reservation(
    caller: StockWriter, key: IdempotencyKey, reservation: str, body: SomeLines
) -> Ok[ReservationChangeAnswer]:
    """Set units aside no more: those of some lines, or all that are left of the reservation."""
    command = ReleaseReservation(
        **caller.asks(key),
        sent={"reservation": reservation, **sent_in(body)},
        reservation=_checked(reservation),
        owner=body.owner,
        lines=lines_in(body.lines),
    )
    return await _changed(caller, command)


@router.post("/{reservation}/ship", openapi_extra=may_answer(Conflict, NotFound, OutOfStock))
async def ship_reservation(
    caller: StockWriter, key: IdempotencyKey, reservation: str, body: SomeLines
) -> Ok[ReservationChangeAnswer]:
    """Have units of a confirmed reservation leave: those of some lines and no others, or all that
    are left."""
    command = ShipReservation(
        **caller.asks(key),
        sent={"reservation": reservation, **sent_in(body)},
        reservation=_checked(reservation),
        owner=body.owner,
        lines=lines_in(body.lines),
    )
    return await _changed(caller, command)


async def _changed(caller: Caller, command: KeyedCommand) -> Ok[ReservationChangeAnswer]:
    result = await caller.service.writer.submit(command)
    return Ok(change_answer(result.stored_fact), replayed=result.replayed)


def _checked(reservation: str) -> str:
    """Raise NotFound for what is no id of a reservation."""
    if not 1 <= len(reservation) <= TEXT_MAX or not reservation.isprintable():
        raise no_such()
    return reservation
