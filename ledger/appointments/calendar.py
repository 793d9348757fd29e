"""The calendar: of one provider, a person or a room, who is in one place at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import check_text, name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow

CALENDAR_STREAM = "calendar"
CALENDARS = "calendars"
"""The table of calendars."""


class Calendar(LedgerAggregate):
    """One calendar; its slots are those of its days."""

    TOPIC: ClassVar[str] = "appointments.Calendar"
    STREAM: ClassVar[str] = f"{CALENDAR_STREAM}/"

    def __init__(self) -> None:
        self.name = ""

    class Event(LedgerAggregate.Event):
        """Base of a calendar's facts."""

    class CalendarOpened(Event, FirstFact):
        """There is a calendar."""

        TOPIC: ClassVar[str] = "appointments.CalendarOpened"

    class CalendarSet(Event):
        """It is called so from now on."""

        TOPIC: ClassVar[str] = "appointments.CalendarSet"
        fingerprint: str
        name: str

        def apply(self, aggregate: Calendar) -> None:
            aggregate.name = self.name

    @classmethod
    def open(cls, org: str, calendar: str, at: datetime) -> Calendar:
        """Begin a calendar."""
        return cls._create(cls.CalendarOpened, id=calendar_id(org, calendar), timestamp=at)

    def set(self, name: str, at: datetime, *, fingerprint: str) -> None:
        """Have it be called so. Raises Invalid."""
        check_text(name, "name")
        self.trigger_event(self.CalendarSet, timestamp=at, fingerprint=fingerprint, name=name)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        return [TableRow(CALENDARS, {"org": org, "id": name_of(self.id), "name": self.name})]


def calendar_id(org: str, calendar: str) -> str:
    """Return the stream of a calendar."""
    return stream_id(org, CALENDAR_STREAM, calendar)
