"""Values of appointments.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendars:
    """A page of calendars, by their ids."""

    data: tuple[Calendar, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """A calendar, and what its provider is called."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotToPublish:
    """A time that so many may come to."""

    start: datetime
    end: datetime
    capacity: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Slots:
    """Slots of a calendar, in order."""

    data: tuple[Slot, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A slot: how many units it has, and how many of them can be had."""

    id: str
    start: datetime
    end: datetime
    capacity: int
    left: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WithdrawnSlot:
    """A slot that cannot be had any more."""

    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Appointments:
    """A page of appointments, those that begin last first."""

    data: tuple[Appointment, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Appointment:
    """The slot that a line of an order has, or had."""

    id: str
    order: str
    line: int
    sku: str
    user: str | None
    calendar: str
    slot: str
    start: datetime
    end: datetime
    units: int
    state: Literal["held", "booked", "freed"]
