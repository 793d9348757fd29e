"""Appointments: the list, one as it is, moved and called off."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.commands.appointments.appointments import CancelAppointment, MoveAppointment
from api.http.answers import Ok
from api.http.appointments.answers import (
    AppointmentAnswer,
    AppointmentsAnswer,
    appointment_answer,
)
from api.http.appointments.bodies import CallOff, MoveAsked
from api.http.appointments.permissions import AppointmentsReader, AppointmentsWriter
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.ordering.of_order import listed_owner, seen
from api.http.ordering.routes.orders import GuestSecret
from api.http.paging import Cursors, Limit
from api.http.parameters import Text, User, check_choice, checked_text
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.appointments.appointments import FoundAppointment, appointment_of, list_of
from api.queries.lists import FIRST_PLACE
from ledger.appointments.appointment import AppointmentState
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.texts import Text as ErasableText

router = Router(prefix="/v1/appointments", tags=["appointments"])


@router.get("", openapi_extra=may_answer(NotFound))
async def list_appointments(
    caller: AppointmentsReader,
    user: User | None = None,
    order: Text | None = None,
    calendar: Text | None = None,
    state: Annotated[str | None, Query(json_schema_extra={"enum": list(AppointmentState)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
    guest_secret: GuestSecret = None,
) -> Ok[AppointmentsAnswer]:
    """Appointments of one user or of all the caller may see, those that begin last first. A guest
    sees those of the order whose secret they have."""
    check_choice(state, tuple(AppointmentState), "state")
    owner = await listed_owner(caller, user, order, guest_secret)
    filters = {
        "user": owner,
        "order": checked_text(order, "order"),
        "calendar": checked_text(calendar, "calendar"),
        "state": state,
    }
    cursors = Cursors(caller, "appointments", filters)
    before, page = cursors.read(cursor, tuple[int, str], FIRST_PLACE), cursors.page(limit)
    found = await list_of(caller.service.reader, caller.org, filters, before, page.asked)
    rows = page.cut(found, lambda each: each.place)
    return Ok(AppointmentsAnswer([appointment_answer(each) for each in rows], page.next_cursor))


@router.get("/{appointment}", openapi_extra=may_answer(NotFound))
async def look_at_appointment(
    caller: AppointmentsReader, appointment: str, guest_secret: GuestSecret = None
) -> Ok[AppointmentAnswer]:
    """An appointment, as it is now."""
    return Ok(appointment_answer(await _find(caller, appointment, guest_secret)))


@router.post("/{appointment}/move", openapi_extra=may_answer(NotFound, Conflict))
async def move_appointment(
    caller: AppointmentsWriter, key: IdempotencyKey, appointment: str, body: MoveAsked
) -> Ok[AppointmentAnswer]:
    """Have an appointment have another slot of its calendar, before it begins."""
    found = await _find(caller, appointment)
    command = MoveAppointment(
        **caller.asks(key),
        sent={"appointment": appointment, "slot": body.slot},
        appointment=appointment,
        slot=body.slot,
        reason=_sealed(caller, body.reason, found),
    )
    result = await caller.service.writer.submit(command)
    moved = await _find(caller, appointment)
    return Ok(appointment_answer(moved), replayed=result.replayed)


@router.post("/{appointment}/cancel", openapi_extra=may_answer(NotFound, Conflict))
async def cancel_appointment(
    caller: AppointmentsWriter, key: IdempotencyKey, appointment: str, body: CallOff
) -> Ok[AppointmentAnswer]:
    """Call an appointment off before it begins: its slot can be had again. Its money goes back by a
    refund of the order, or not at all."""
    found = await _find(caller, appointment)
    command = CancelAppointment(
        **caller.asks(key),
        sent={"appointment": appointment},
        appointment=appointment,
        reason=_sealed(caller, body.reason, found),
    )
    result = await caller.service.writer.submit(command)
    freed = await _find(caller, appointment)
    return Ok(appointment_answer(freed), replayed=result.replayed)


async def _find(caller: Caller, appointment: str, secret: str | None = None) -> FoundAppointment:
    """Return an appointment that the caller may see, or whose order's secret they have. Raises
    NotFound."""
    found = await appointment_of(caller.service.reader, caller.org, appointment)
    none_such = NotFound("there is no appointment of that id.", field="id")
    return await seen(caller, found, secret, none_such)


def _sealed(caller: Caller, reason: str | None, found: FoundAppointment) -> ErasableText | None:
    return sealed_reason(caller, reason, found.owner or found.order)
