"""The calendar day: the slots of a calendar that begin in one day, and who has taken them. They are
decided here, so that of any number at once as many have a slot as may."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from ledger.appointments.slot import Slot, check_count, slot_name, why_not_had
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds

DAY_STREAM = "calendar-day"
CALENDAR_DAYS = "calendar_days"
"""The table of the slots of each day."""


class CalendarDay(LedgerAggregate):
    """One day of one calendar."""

    TOPIC: ClassVar[str] = "appointments.CalendarDay"
    STREAM: ClassVar[str] = f"{DAY_STREAM}/"

    def __init__(self) -> None:
        self.slots: dict[int, Slot] = {}
        """By when they begin."""
        self.takers: dict[int, dict[str, int]] = {}
        """Of each slot who has it, with how many units."""

    class Event(LedgerAggregate.Event):
        """Base of a calendar day's facts."""

    class CalendarDayOpened(Event, FirstFact):
        """A day has its first slots."""

        TOPIC: ClassVar[str] = "appointments.CalendarDayOpened"

    class SlotsPublished(Event):
        """These can be had from now on."""

        TOPIC: ClassVar[str] = "appointments.SlotsPublished"
        fingerprint: str
        slots: list[Slot]

        def apply(self, aggregate: CalendarDay) -> None:
            aggregate.slots = aggregate.slots | {each.start_us: each for each in self.slots}

    class SlotWithdrawn(Event):
        """It cannot be had any more; nobody had it."""

        TOPIC: ClassVar[str] = "appointments.SlotWithdrawn"
        fingerprint: str
        start_us: int

        def apply(self, aggregate: CalendarDay) -> None:
            slots = aggregate.slots
            aggregate.slots = {start: e for start, e in slots.items() if start != self.start_us}

    class SlotTaken(Event):
        """An appointment has so many units of it."""

        TOPIC: ClassVar[str] = "appointments.SlotTaken"
        start_us: int
        appointment: str
        units: int

        def apply(self, aggregate: CalendarDay) -> None:
            before = aggregate.takers.get(self.start_us, {})
            after = {**before, self.appointment: self.units}
            aggregate.takers = {**aggregate.takers, self.start_us: after}

    class SlotFreed(Event):
        """An appointment does not have it any more."""

        TOPIC: ClassVar[str] = "appointments.SlotFreed"
        start_us: int
        appointment: str

        def apply(self, aggregate: CalendarDay) -> None:
            before = aggregate.takers.get(self.start_us, {})
            after = {name: units for name, units in before.items() if name != self.appointment}
            aggregate.takers = {**aggregate.takers, self.start_us: after}

    @classmethod
    def open(cls, org: str, calendar: str, day: int, at: datetime) -> CalendarDay:
        """Begin a day."""
        return cls._create(cls.CalendarDayOpened, id=day_id(org, calendar, day), timestamp=at)

    @property
    def calendar(self) -> str:
        """Whose day it is."""
        return name_of(self.id).rpartition("/")[0]

    def left(self, start_us: int) -> int:
        """Return how many units of a slot can be had."""
        slot = self.slots.get(start_us)
        return 0 if slot is None else slot.capacity - sum(self.takers.get(start_us, {}).values())

    def check_free(self, start_us: int, units: int, at: datetime, field: str) -> Slot:
        """Return a slot of which so much can be had. Raises NotFound and Conflict."""
        slot = self.slots.get(start_us)
        if slot is None:
            raise NotFound(f"{field}: there is no slot of that id.", field=field)
        why = why_not_had(slot, self.left(start_us), units, microseconds(at))
        if why is not None:
            raise Conflict(f"{field}: {why}", field=field)
        return slot

    def publish(self, slots: Sequence[Slot], at: datetime, *, fingerprint: str) -> None:
        """Have these slots be had, which were checked. Raises Invalid."""
        check_count(len(self.slots) + len(slots))
        self.trigger_event(
            self.SlotsPublished, timestamp=at, fingerprint=fingerprint, slots=list(slots)
        )

    def withdraw(self, start_us: int, at: datetime, *, fingerprint: str) -> None:
        """Have a slot be had no more. Raises NotFound and Conflict."""
        if start_us not in self.slots:
            raise NotFound("there is no slot of that id.", field="slot")
        if self.takers.get(start_us):
            raise Conflict(
                "somebody has the slot: move or cancel their appointment first.", field="slot"
            )
        self.trigger_event(
            self.SlotWithdrawn, timestamp=at, fingerprint=fingerprint, start_us=start_us
        )

    def take(self, start_us: int, appointment: str, units: int, at: datetime) -> None:
        """Have an appointment have a slot, which was checked."""
        self.trigger_event(
            self.SlotTaken, timestamp=at, start_us=start_us, appointment=appointment, units=units
        )

    def free(self, start_us: int, appointment: str, at: datetime) -> None:
        """Have an appointment not have a slot any more."""
        self.trigger_event(self.SlotFreed, timestamp=at, start_us=start_us, appointment=appointment)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        calendar, _, day = name_of(self.id).rpartition("/")
        slots = [
            {
                "id": slot_name(calendar, start),
                "start_us": start,
                "end_us": slot.end_us,
                "capacity": slot.capacity,
                "left": self.left(start),
            }
            for start, slot in sorted(self.slots.items())
        ]
        columns = {"org": org, "calendar": calendar, "day": int(day), "slots": slots}
        return [TableRow(CALENDAR_DAYS, columns)]


def day_id(org: str, calendar: str, day: int) -> str:
    """Return the stream of a day of a calendar."""
    return stream_id(org, DAY_STREAM, f"{calendar}/{day}")
