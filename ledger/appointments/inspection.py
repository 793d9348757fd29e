"""Checks of appointments: no slot has more than it can, none of a calendar is at the time of
another, and appointments and slots say the same of each other."""

from __future__ import annotations

from collections import defaultdict

from ledger.appointments.appointment import Appointment
from ledger.appointments.calendar_day import CalendarDay
from ledger.appointments.slot import Slot, day_of
from ledger.inspection import Folded, Has, Inspection
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ports import RecordedEvent

Time = tuple[str, str, int]
"""An org, a calendar, and when a slot of it begins, or which day."""


class AppointmentInspection(Inspection):
    """Follows each slot and each appointment, and pairs them."""

    KINDS = WHOLE = ("appointments",)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._slots: defaultdict[Time, dict[int, Slot]] = defaultdict(dict)
        """Of each day of a calendar, by when they begin."""
        self._taken: defaultdict[Time, dict[str, int]] = defaultdict(dict)
        self._says: dict[tuple[str, str], tuple[str, int, int]] = {}
        """Of each appointment its calendar, its start and its units, while it has a slot."""
        self._last: dict[tuple[str, str], tuple[str, int, int]] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        if isinstance(fact, CalendarDay.Event):
            self.report["appointments"].checked += 1
            calendar = name_of(fact.originator_id).rpartition("/")[0]
            self._see_day(event, fact, calendar)
        elif isinstance(fact, Appointment.Event):
            self.report["appointments"].checked += 1
            self._see_appointment(event, fact)

    def _see_day(self, event: RecordedEvent, fact: CalendarDay.Event, calendar: str) -> None:
        match fact:
            case CalendarDay.SlotsPublished():
                for slot in fact.slots:
                    day = day_of(slot.start_us)
                    near = [self._slots[event.org, calendar, day + each] for each in (-1, 0, 1)]
                    is_apart = all(_is_apart(slot, each) for each in near)
                    self._expect(event, is_apart, "two slots are at one time")
                    near[1][slot.start_us] = slot
            case CalendarDay.SlotWithdrawn():
                of_day = self._slots[event.org, calendar, day_of(fact.start_us)]
                of_day.pop(fact.start_us, None)
            case CalendarDay.SlotTaken():
                taken = self._taken[event.org, calendar, fact.start_us]
                taken[fact.appointment] = fact.units
                of_day = self._slots[event.org, calendar, day_of(fact.start_us)]
                known = of_day.get(fact.start_us)
                fits = known is not None and sum(taken.values()) <= known.capacity
                self._expect(event, fits, "more of a slot is taken than there is")
            case CalendarDay.SlotFreed():
                taken = self._taken[event.org, calendar, fact.start_us]
                freed = taken.pop(fact.appointment, None) is not None
                self._expect(event, freed, "a slot is freed of who does not have it")

    def _see_appointment(self, event: RecordedEvent, fact: Appointment.Event) -> None:
        place = event.org, name_of(fact.originator_id)
        match fact:
            case Appointment.AppointmentHeld():
                self._last[place] = fact.calendar, fact.start_us, fact.units
                self._says[place] = self._last[place]
            case Appointment.AppointmentBooked():
                self._says[place] = self._last[place]
            case Appointment.AppointmentMoved():
                calendar, _, units = self._last[place]
                self._last[place] = self._says[place] = calendar, fact.start_us, units
            case Appointment.AppointmentFreed():
                self._says.pop(place, None)

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Compare what slots and appointments say."""
        taken = {
            (org, name): (calendar, start_us, units)
            for (org, calendar, start_us), takers in self._taken.items()
            for name, units in takers.items()
        }
        for place in sorted(taken.keys() | self._says.keys()) if self.whole else ():
            if taken.get(place) != self._says.get(place):
                row = Place(place[0], row=f"appointment {place[1]}")
                self.report["appointments"].find(row, "it and its slot do not say the same")


def _is_apart(slot: Slot, others: dict[int, Slot]) -> bool:
    return not any(
        slot.start_us < other.end_us and other.start_us < slot.end_us for other in others.values()
    )
