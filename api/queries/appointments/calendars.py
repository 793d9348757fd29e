"""Calendars, and what of their slots can be had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from api.queries.reader import Reader
from ledger.appointments.slot import day_of
from ledger.kernel.times import DAY_US


class FoundCalendar(NamedTuple):
    """A calendar."""

    id: str
    name: str


class FoundSlot(NamedTuple):
    """A slot, and how many units of it can be had."""

    id: str
    start_us: int
    end_us: int
    capacity: int
    left: int


async def calendar_of(reader: Reader, org: str, calendar: str) -> FoundCalendar | None:
    """Return a calendar of an org."""
    row = await reader.row(org, "appointments/calendar", {"org": org, "id": calendar})
    return None if row is None else FoundCalendar(**row)


async def calendars_of(reader: Reader, org: str, after: str, limit: int) -> list[FoundCalendar]:
    """Return those of an org, by their ids, that come after one."""
    asked = {"org": org, "after": after, "limit": limit}
    rows = await reader.rows(org, "appointments/calendars", asked)
    return [FoundCalendar(**row) for row in rows]


async def slots_of(
    reader: Reader, org: str, calendar: str, from_us: int, days: int
) -> list[FoundSlot]:
    """Return the slots of so many days that begin at a moment or later, in order."""
    first = day_of(from_us)
    asked = {"org": org, "calendar": calendar, "first": first, "last": first + days - 1}
    rows = await reader.rows(org, "appointments/slots", asked)
    slots = [FoundSlot(**each) for row in rows for each in row["slots"]]
    until_us = from_us + days * DAY_US
    return [each for each in slots if from_us <= each.start_us < until_us]


async def slots_named(
    reader: Reader, org: str, named: Mapping[str, tuple[str, int]]
) -> dict[str, FoundSlot]:
    """Return slots by their ids, each of a calendar and of when it begins, of those there are."""
    days = sorted({(calendar, day_of(start_us)) for calendar, start_us in named.values()})
    asked = {
        "org": org,
        "calendars": [calendar for calendar, _ in days],
        "days": [day for _, day in days],
        "names": sorted(named),
    }
    rows = await reader.rows(org, "appointments/slots_named", asked)
    return {row["id"]: FoundSlot(**row) for row in rows}
