"""Lookup of calendars, of their days, and of appointments."""

from __future__ import annotations

from api.commands.unit_of_work import UnitOfWork
from ledger.appointments.appointment import Appointment, appointment_id, appointment_name
from ledger.appointments.calendar import Calendar, calendar_id
from ledger.appointments.calendar_day import CalendarDay, day_id
from ledger.appointments.slot import day_of, start_in
from ledger.kernel.errors import NotFound
from ledger.ordering.order import Order
from ledger.ordering.order_terms import PlacedLine


def find_calendar(unit: UnitOfWork, org: str, calendar: str, field: str = "calendar") -> Calendar:
    """Return a calendar. Refused where there is none of that id."""
    found = unit.get(Calendar, calendar_id(org, calendar))
    if found is None:
        raise NotFound("there is no calendar of that id.", field=field)
    return found


def day_with(unit: UnitOfWork, org: str, calendar: str, start_us: int) -> CalendarDay | None:
    """Return the day in which something begins, if it ever had slots."""
    return unit.get(CalendarDay, day_id(org, calendar, day_of(start_us)))


def find_slot(
    unit: UnitOfWork, org: str, calendar: str, slot: str, field: str
) -> tuple[CalendarDay, int]:
    """Return the day of a slot, and when that begins. Refused where it is none of the calendar."""
    start_us = start_in(slot, calendar)
    day = None if start_us is None else day_with(unit, org, calendar, start_us)
    if start_us is None or day is None or start_us not in day.slots:
        raise NotFound(f"{field} must be one of GET /v1/calendars/{calendar}/slots.", field=field)
    return day, start_us


def find_appointment(unit: UnitOfWork, org: str, appointment: str) -> Appointment:
    """Return an appointment. Refused where there is none of that id."""
    found = unit.get(Appointment, appointment_id(org, appointment))
    if found is None:
        raise NotFound("there is no appointment of that id.", field="id")
    return found


def appointments_of(
    unit: UnitOfWork, org: str, order: Order
) -> list[tuple[PlacedLine, Appointment]]:
    """Return the appointments of an order, with their lines."""
    found = []
    for line in order.terms.lines:
        if line.slot is not None:
            name = appointment_name(order.id_in_org, line.id)
            appointment = unit.get(Appointment, appointment_id(org, name))
            if appointment is not None:
                found.append((line, appointment))
    return found
