"""Answers about calendars and appointments."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Answer, Time, one_of
from api.queries.appointments.appointments import FoundAppointment
from api.queries.appointments.calendars import FoundSlot
from ledger.appointments.appointment import AppointmentState
from ledger.kernel.times import format_time


class CalendarAnswer(Answer):
    """A calendar, and what its provider is called."""

    id: str
    name: str


class CalendarsAnswer(Answer):
    """A page of calendars, by their ids."""

    data: list[CalendarAnswer]
    next_cursor: str | None


class SlotAnswer(Answer):
    """A slot: how many units it has, and how many of them can be had."""

    id: str
    start: Time
    end: Time
    capacity: int
    left: int


class SlotsAnswer(Answer):
    """Slots of a calendar, in order."""

    data: list[SlotAnswer]


class WithdrawnSlotAnswer(Answer):
    """A slot that cannot be had any more."""

    id: str


class AppointmentAnswer(Answer):
    """The slot that a line of an order has, or had."""

    id: str
    order: str
    line: int
    sku: str
    user: str | None
    calendar: str
    slot: str
    start: Time
    end: Time
    units: int
    state: Annotated[str, one_of(AppointmentState)]


class AppointmentsAnswer(Answer):
    """A page of appointments, those that begin last first."""

    data: list[AppointmentAnswer]
    next_cursor: str | None


def slot_answer(found: FoundSlot) -> SlotAnswer:
    """Return a slot, and what of it can be had."""
    start, end = format_time(found.start_us), format_time(found.end_us)
    return SlotAnswer(found.id, start, end, found.capacity, found.left)


def appointment_answer(found: FoundAppointment) -> AppointmentAnswer:
    """Return an appointment, as it is now."""
    return AppointmentAnswer(
        found.id,
        found.order,
        found.line,
        found.sku,
        found.owner,
        found.calendar,
        found.slot,
        format_time(found.start_us),
        format_time(found.end_us),
        found.units,
        found.state,
    )
