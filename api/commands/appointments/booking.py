"""Booking: the slots that an order has from its placing on, and lets go of when it is not paid, is
cancelled, or its money goes back. What could refuse is checked first."""

from __future__ import annotations

from collections import Counter

from api.commands.appointments.lookup import appointments_of, day_with, find_slot
from api.commands.ordering.lookup import order_with
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.access.gone_lines import is_gone
from ledger.appointments.appointment import Appointment, AppointmentState
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Invalid
from ledger.ordering.order_status import OrderStatus
from ledger.ordering.order_terms import OrderTerms


def check(unit: UnitOfWork, org: str, terms: OrderTerms) -> None:
    """Raise Invalid, NotFound or Conflict, which name the line, where a slot cannot be had."""
    wanted: Counter[tuple[str, int]] = Counter()
    for place, line in enumerate(terms.lines):
        field = f"lines.{place}.slot"
        calendar = line.benefit.calendar if line.benefit is not None else None
        if calendar is None:
            if line.slot is not None:
                raise Invalid(f"{field}: {line.sku} is no appointment.", field=field)
            continue
        if line.slot is None:
            raise Invalid(
                f"{field} is required: one of GET /v1/calendars/{calendar}/slots.", field=field
            )
        day, start_us = find_slot(unit, org, calendar, line.slot, field)
        wanted[calendar, start_us] += line.units
        day.check_free(start_us, wanted[calendar, start_us], unit.now(org), field)


def hold_slots(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Have the lines of an order that was placed have their slots."""
    org, order = order_with(unit, pending_fact)
    for line in order.terms.lines:
        if line.slot is not None and line.benefit is not None:
            calendar = str(line.benefit.calendar)
            day, start_us = find_slot(unit, org, calendar, line.slot, "slot")
            at, slot = unit.now(org), day.slots[start_us]
            appointment = Appointment.hold(org, order.id_in_org, order.user, line, slot, at)
            day.take(start_us, appointment.id_in_org, line.units, at)
            unit.record(day, pending_fact.actor)
            unit.record(appointment, pending_fact.actor)


def book_slots(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Have the slots of an order be its buyer's; what it had let go of it has again."""
    org, order = order_with(unit, pending_fact)
    for _, appointment in appointments_of(unit, org, order):
        at = unit.now(org)
        if appointment.stage is AppointmentState.FREED:
            day = day_with(unit, org, appointment.calendar, appointment.start_us)
            assert day is not None  # it was checked that the slot can be had
            name, units = appointment.id_in_org, appointment.units
            day.take(appointment.start_us, name, units, at)
            unit.record(day, pending_fact.actor)
        appointment.book(at)
        unit.record(appointment, pending_fact.actor)


def free_slots(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Free all slots of an order that was not paid, or is not wanted any more."""
    org, order = order_with(unit, pending_fact)
    for _, appointment in appointments_of(unit, org, order):
        free(unit, org, appointment, pending_fact.actor)


def free_returned(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Free the slots of lines whose money is back, all of it, or all of whose units are."""
    org, order = order_with(unit, pending_fact)
    for line, appointment in appointments_of(unit, org, order):
        if order.status is OrderStatus.REFUNDED or is_gone(order, line):
            free(unit, org, appointment, pending_fact.actor)


def free(
    unit: UnitOfWork,
    org: str,
    appointment: Appointment,
    actor: Actor,
    *,
    key: str = "",
    fingerprint: str = "",
    reason: str | None = None,
) -> PendingFact | None:
    """Free the slot of an appointment, if it has one."""
    if appointment.stage is AppointmentState.FREED:
        return None
    at = unit.now(org)
    day = day_with(unit, org, appointment.calendar, appointment.start_us)
    assert day is not None  # it has a slot of it
    day.free(appointment.start_us, appointment.id_in_org, at)
    unit.record(day, actor)
    appointment.free(at, fingerprint=fingerprint, reason=reason)
    return unit.record(appointment, actor, key)
