"""Unhad slots: those of lines that cannot be had now, asked before somebody orders them.

Who orders is told by the calendar's own days (`api/commands/appointments/booking.py`); this is what
their rows say a moment before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from api.queries.appointments.calendars import FoundSlot, slots_named
from api.queries.reader import Reader
from ledger.appointments.slot import Slot, start_in, why_not_had
from ledger.kernel.errors import Conflict, Invalid, Refusal
from ledger.pricing.asked_order import OrderLine


async def unhad_slots(
    reader: Reader, org: str, lines: Sequence[OrderLine], at_us: int
) -> dict[tuple[str, str | None], Refusal]:
    """Return why slots cannot be had, by SKU and slot, of lines as the catalogue says them: Invalid
    where one is missing or is none, Conflict where it is taken. What several lines want is had by
    those that come first."""
    named = {}
    for line in lines:
        start_us = start_in(line.slot or "", _calendar_of(line) or "")
        if start_us is not None:
            named[str(line.slot)] = str(_calendar_of(line)), start_us
    there = await slots_named(reader, org, named) if named else {}
    wanted: Counter[str] = Counter()
    refused: dict[tuple[str, str | None], Refusal] = {}
    for line in lines:
        refusal = _refusal(line, there, wanted, at_us)
        if refusal is not None:
            refused[line.sku, line.slot] = refusal
        elif line.slot is not None:
            wanted[line.slot] += line.units
    return refused


def _refusal(
    line: OrderLine, there: Mapping[str, FoundSlot], wanted: Counter[str], at_us: int
) -> Refusal | None:
    calendar, name = _calendar_of(line), line.slot
    if calendar is None and name is None:
        return None
    if calendar is None:
        return Invalid(f"slot: {line.sku} is no appointment.", field="slot")
    slots = f"one of GET /v1/calendars/{calendar}/slots"
    if name is None:
        return Invalid(f"slot is required, for an appointment: {slots}.", field="slot")
    if name not in there or start_in(name, calendar) is None:
        return Invalid(f"slot must be {slots}.", field="slot")
    found = there[name]
    slot = Slot(found.start_us, found.end_us, found.capacity)
    why = why_not_had(slot, max(0, found.left - wanted[name]), line.units, at_us)
    return None if why is None else Conflict(why, field="slot")


def _calendar_of(line: OrderLine) -> str | None:
    return line.benefit.calendar if line.benefit is not None else None
