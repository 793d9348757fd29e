"""The context of appointments: slots of calendars, and which lines of orders have them."""

from __future__ import annotations

from ledger.appointments.appointment import APPOINTMENT_STREAM, APPOINTMENTS, Appointment
from ledger.appointments.calendar import CALENDAR_STREAM, CALENDARS, Calendar
from ledger.appointments.calendar_day import CALENDAR_DAYS, DAY_STREAM, CalendarDay
from ledger.appointments.inspection import AppointmentInspection
from ledger.kernel.context import Context, Table

CONTEXT = Context(
    name="appointments",
    aggregates=(Calendar, CalendarDay, Appointment),
    uses=("ordering",),
    checks=(AppointmentInspection,),
    tables=(
        Table(CALENDARS, key=("org", "id"), stream=f"{CALENDAR_STREAM}/{{id}}"),
        Table(
            CALENDAR_DAYS,
            key=("org", "calendar", "day"),
            stream=f"{DAY_STREAM}/{{calendar}}/{{day}}",
        ),
        Table(APPOINTMENTS, key=("org", "id"), stream=f"{APPOINTMENT_STREAM}/{{id}}"),
    ),
)
