"""Calendars of providers: made, with slots that are published and withdrawn."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Query

from api.commands.appointments.calendars import PublishSlots, SetCalendar, WithdrawSlot
from api.http.answers import Created, Ok
from api.http.appointments.answers import (
    CalendarAnswer,
    CalendarsAnswer,
    SlotAnswer,
    SlotsAnswer,
    WithdrawnSlotAnswer,
    slot_answer,
)
from api.http.appointments.bodies import CalendarAsked, SlotsAsked
from api.http.appointments.permissions import CalendarsReader, CalendarsWriter
from api.http.auth.caller import IdempotencyKey
from api.http.paging import Cursors, Limit, parse_integer
from api.http.parameters import Time
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.appointments.calendars import (
    FoundCalendar,
    calendar_of,
    calendars_of,
    slots_of,
)
from ledger.appointments.slot import slot_name
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import check_name
from ledger.kernel.times import format_time, parse_time

router = Router(prefix="/v1/calendars", tags=["appointments"])

DAYS, DAYS_MAX = 31, 62
"""Days of slots that are listed: where nobody says, and at most."""

From = Annotated[Time | None, Query(alias="from", description="Slots that begin then or later.")]
Days = Annotated[
    str | None, Query(json_schema_extra={"type": "integer", "minimum": 1, "maximum": DAYS_MAX})
]


@router.get("")
async def list_calendars(
    caller: CalendarsReader, cursor: str | None = None, limit: Limit = None
) -> Ok[CalendarsAnswer]:
    """All calendars of the org, by their ids."""
    cursors = Cursors(caller, "calendars")
    after, page = cursors.read(cursor, str, ""), cursors.page(limit)
    found = await calendars_of(caller.service.reader, caller.org, after, page.asked)
    rows = page.cut(found, lambda each: each.id)
    return Ok(CalendarsAnswer([CalendarAnswer(*each) for each in rows], page.next_cursor))


@router.get("/{calendar}", openapi_extra=may_answer(NotFound))
async def look_at_calendar(caller: CalendarsReader, calendar: str) -> Ok[CalendarAnswer]:
    """A calendar."""
    return Ok(CalendarAnswer(*await _find(caller, calendar)))


@router.put("/{calendar}")
async def set_calendar(
    caller: CalendarsWriter, key: IdempotencyKey, calendar: str, body: CalendarAsked
) -> Ok[CalendarAnswer]:
    """Have a calendar of that id, called so from now on."""
    check_name(calendar, "calendar")
    sent: dict[str, object] = {"calendar": calendar, **body.sent()}
    command = SetCalendar(**caller.asks(key), sent=sent, calendar=calendar, name=body.name)
    result = await caller.service.writer.submit(command)
    return Ok(CalendarAnswer(calendar, body.name), replayed=result.replayed)


@router.post("/{calendar}/slots", openapi_extra=may_answer(NotFound))
async def publish_slots(
    caller: CalendarsWriter, key: IdempotencyKey, calendar: str, body: SlotsAsked
) -> Created[SlotsAnswer]:
    """Publish slots of a calendar, all of them or none: none is at the time of another."""
    check_name(calendar, "calendar")
    slots = body.all_slots()
    sent: dict[str, object] = {"calendar": calendar, "slots": msgspec.to_builtins(slots)}
    command = PublishSlots(**caller.asks(key), sent=sent, calendar=calendar, slots=slots)
    result = await caller.service.writer.submit(command)
    told = [
        SlotAnswer(
            slot_name(calendar, each.start_us),
            format_time(each.start_us),
            format_time(each.end_us),
            each.capacity,
            each.capacity,
        )
        for each in slots
    ]
    return Created(SlotsAnswer(told), replayed=result.replayed)


@router.get("/{calendar}/slots", openapi_extra=may_answer(NotFound))
async def list_slots(
    caller: CalendarsReader, calendar: str, from_: From = None, days: Days = None
) -> Ok[SlotsAnswer]:
    """The slots of a calendar that begin `from` a moment, or now, in so many `days`, or 31, with
    what of them can be had."""
    await _find(caller, calendar)
    service = caller.service
    from_us = service.clock() if from_ is None else parse_time(from_, "from")
    count = parse_integer(days, "days", 1, DAYS_MAX) or DAYS
    found = await slots_of(service.reader, caller.org, calendar, from_us, count)
    return Ok(SlotsAnswer([slot_answer(each) for each in found]))


@router.delete("/{calendar}/slots/{slot}", openapi_extra=may_answer(NotFound, Conflict))
async def withdraw_slot(
    caller: CalendarsWriter, key: IdempotencyKey, calendar: str, slot: str
) -> Ok[WithdrawnSlotAnswer]:
    """Withdraw a slot that nobody has."""
    check_name(calendar, "calendar")
    sent: dict[str, object] = {"calendar": calendar, "slot": slot}
    command = WithdrawSlot(**caller.asks(key), sent=sent, calendar=calendar, slot=slot)
    result = await caller.service.writer.submit(command)
    return Ok(WithdrawnSlotAnswer(slot), replayed=result.replayed)


async def _find(caller: CalendarsReader, calendar: str) -> FoundCalendar:
    check_name(calendar, "calendar")
    found = await calendar_of(caller.service.reader, caller.org, calendar)
    if found is None:
        raise NotFound("there is no calendar of that id.", field="calendar")
    return found
