"""The part of the golden story that is about appointments: every fact of them, with a reason and
without."""

from __future__ import annotations

from ledger.appointments.appointment import Appointment
from ledger.appointments.calendar import Calendar
from ledger.appointments.calendar_day import CalendarDay
from tests.formats.story_of_credits import Step
from tests.scenarios.appointment_commands import (
    calendar,
    call_off,
    coaching,
    publish_slots,
    reschedule,
    slot,
    withdraw,
)
from tests.scenarios.order_commands import declined, paid, place

OfAppointments = Calendar | CalendarDay | Appointment
DAY = "2026-08-02T"


def groups_of_appointments() -> list[tuple[str, list[Step]]]:
    """What happens, and when."""
    hours = [slot(f"{DAY}{hour}:00", f"{DAY}{hour + 1}:00", 3) for hour in (10, 12, 14)]
    ten, noon, two = (f"{DAY}{hour}:00" for hour in (10, 12, 14))
    steps: list[Step] = [
        *(calendar(), calendar("The studio", key="renamed")),
        *(publish_slots(*hours), withdraw(two)),
        *(place(31, coaching((ten, 2)), user=None, guest="0" * 64), declined(31)),
        *(place(32, coaching((ten, 1), (noon, 1))), paid(32, 2_000)),
        *(reschedule(noon, 32, reason="late"), reschedule(ten, 32)),
        *(call_off(32, 1, "ill"), call_off(32, 2)),
    ]
    return [("2026-07-03T00:00:00Z", steps)]


def state_of_appointments(aggregate: OfAppointments) -> list[object]:
    """What an aggregate of appointments remembers."""
    match aggregate:
        case Calendar():
            return [aggregate.name]
        case CalendarDay():
            return [list(aggregate.slots.values()), list(aggregate.takers.items())]
    whose = [aggregate.order, aggregate.line, aggregate.sku, aggregate.user, aggregate.calendar]
    return [*whose, aggregate.units, aggregate.start_us, aggregate.end_us, aggregate.stage]
