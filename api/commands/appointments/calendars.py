"""Calendars: `SetCalendar`, `PublishSlots` and `WithdrawSlot`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import ClassVar

from api.commands.appointments.lookup import day_with, find_calendar, find_slot
from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.appointments.calendar import Calendar, calendar_id
from ledger.appointments.calendar_day import CalendarDay
from ledger.appointments.slot import Slot, check_apart, check_count, check_slots, day_of
from ledger.kernel.times import DAY_US, microseconds


@dataclass(frozen=True)
class SetCalendar(KeyedCommand):
    """Have a calendar, which is called so."""

    calendar: str
    name: str

    operation: ClassVar[str] = "calendars"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        calendar = unit.get(Calendar, calendar_id(self.org, self.calendar))
        calendar = calendar or Calendar.open(self.org, self.calendar, at)
        calendar.set(self.name, at, fingerprint=self.fingerprint)
        return unit.record(calendar, self.actor, self.key)


@dataclass(frozen=True)
class PublishSlots(KeyedCommand):
    """Have slots be had, none at the time of another of the calendar: all of them, or none."""

    calendar: str
    slots: tuple[Slot, ...]

    operation: ClassVar[str] = "calendars/slots"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        find_calendar(unit, self.org, self.calendar)
        at = unit.now(self.org)
        check_slots(self.slots, microseconds(at))
        days: defaultdict[int, list[Slot]] = defaultdict(list)
        for slot in self.slots:
            days[day_of(slot.start_us)].append(slot)
        near = {day + each for day in days for each in (-1, 0, 1)}
        found = {day: day_with(unit, self.org, self.calendar, day * DAY_US) for day in near}
        check_apart(self.slots, (e for day in found.values() if day for e in day.slots.values()))
        for number, slots in days.items():
            known = found[number]
            check_count(len(slots) + (len(known.slots) if known else 0))
        published = None
        for number, slots in sorted(days.items()):
            day = found[number] or CalendarDay.open(self.org, self.calendar, number, at)
            day.publish(slots, at, fingerprint=self.fingerprint)
            key = self.key if published is None else ""
            first = unit.record(day, self.actor, key)
            published = published or first
        assert published is not None  # who sends none is refused before
        return published


@dataclass(frozen=True)
class WithdrawSlot(KeyedCommand):
    """Have a slot that nobody has be had no more."""

    calendar: str
    slot: str

    operation: ClassVar[str] = "calendars/slots/withdraw"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        find_calendar(unit, self.org, self.calendar)
        day, start_us = find_slot(unit, self.org, self.calendar, self.slot, "slot")
        day.withdraw(start_us, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(day, self.actor, self.key)
