"""Commands on calendars and appointments, in a line each, and what they are then."""

from __future__ import annotations

from typing import Any

import msgspec

from api.commands.appointments.appointments import CancelAppointment, MoveAppointment
from api.commands.appointments.calendars import PublishSlots, SetCalendar, WithdrawSlot
from ledger.appointments.inspection import AppointmentInspection
from ledger.appointments.slot import Slot, day_of, slot_name
from ledger.catalogue.benefit import Benefit
from ledger.catalogue.item_type import Kind
from ledger.kernel.report import Report
from ledger.kernel.texts import REASON
from ledger.kernel.times import parse_time
from ledger.ordering.order_terms import OrderTerms
from ledger.registry import fact_of
from tests.scenarios.commands import ACTOR, ORG, USER, sealed
from tests.scenarios.order_commands import order_id, terms
from tests.scenarios.world import World

STUDIO = "studio"


def us(start: str) -> int:
    """A moment of the second of February, or of the day that stands before a T."""
    day, _, hour = start.rpartition("T")
    return parse_time(f"{day or '2026-02-02'}T{hour}:00Z", "at")


def slot(start: str, end: str, capacity: int = 1) -> Slot:
    """A slot of that day."""
    return Slot(us(start), us(end), capacity)


def named(start: str) -> str:
    """The id of the slot that begins then."""
    return slot_name(STUDIO, us(start))


def calendar(name: str = "Studio", *, key: str = "calendar") -> SetCalendar:
    """A studio."""
    return SetCalendar(ORG, ACTOR, key=key, sent={"name": name}, calendar=STUDIO, name=name)


def publish_slots(*slots: Slot, key: str = "slots") -> PublishSlots:
    """Slots that can be had."""
    sent: dict[str, object] = {"slots": msgspec.to_builtins(slots)}
    return PublishSlots(ORG, ACTOR, key=key, sent=sent, calendar=STUDIO, slots=slots)


def withdraw(start: str, *, key: str = "") -> WithdrawSlot:
    """A slot that cannot be had any more."""
    name = named(start)
    return WithdrawSlot(
        ORG, ACTOR, key=key or f"no {start}", sent={"slot": name}, calendar=STUDIO, slot=name
    )


def coaching(*lines: tuple[str, int], price: int = 1_000) -> OrderTerms:
    """Terms of appointments, each of a slot by its start, and units."""
    agreed = terms(*(("COACHING", units, price) for _, units in lines))
    given = [
        msgspec.structs.replace(
            line,
            kind=Kind.APPOINTMENT,
            benefit=Benefit(version=1, calendar=STUDIO),
            slot=named(start),
        )
        for line, (start, _) in zip(agreed.lines, lines, strict=True)
    ]
    return msgspec.structs.replace(agreed, lines=given)


def reschedule(
    start: str, number: int = 1, line: int = 1, *, key: str = "", reason: str | None = None
) -> MoveAppointment:
    """Another slot."""
    return MoveAppointment(
        ORG,
        ACTOR,
        key=key or f"move {number} {line} {start}",
        sent={"slot": start},
        appointment=f"{order_id(number)}-{line}",
        slot=named(start),
        reason=sealed(reason, REASON, USER),
    )


def call_off(
    number: int = 1, line: int = 1, reason: str | None = None, *, key: str = ""
) -> CancelAppointment:
    """Nobody comes."""
    return CancelAppointment(
        ORG,
        ACTOR,
        key=key or f"call off {number} {line}",
        sent={"line": line},
        appointment=f"{order_id(number)}-{line}",
        reason=sealed(reason, REASON, USER),
    )


def left(world: World, start: str) -> int:
    """What can be had of a slot, by its row."""
    day = (ORG, STUDIO, day_of(us(start)))
    (row,) = world.event_store.kept_rows("calendar_days", [day])  # type: ignore[list-item]  # its day is a number
    (found,) = (each for each in row["slots"] if each["start_us"] == us(start))
    return int(found["left"])


def appointment_row(world: World, number: int = 1, line: int = 1) -> dict[str, Any]:
    """An appointment, by its row."""
    (row,) = world.event_store.kept_rows("appointments", [(ORG, f"{order_id(number)}-{line}")])
    return dict(row)


def verify_appointments(world: World) -> Report:
    """What the check of appointments finds."""
    report = Report()
    check = AppointmentInspection(report)
    for event in world.event_store.select_positions(0, 100_000):
        check.see(event, fact_of(event))
    check.end(None, None, lambda org: True)  # type: ignore[arg-type]  # it asks none
    return report
