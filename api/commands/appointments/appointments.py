"""Appointments: `MoveAppointment` and `CancelAppointment`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.appointments import booking
from api.commands.appointments.lookup import day_with, find_appointment, find_slot
from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.appointments.appointment import Appointment, appointment_id
from ledger.kernel.errors import Conflict
from ledger.kernel.texts import Text


@dataclass(frozen=True)
class _OnAppointment(KeyedCommand):
    """A command on one appointment; its text is kept as its buyer's."""

    appointment: str
    reason: Text | None = None

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Appointment, appointment_id(self.org, self.appointment))]

    def person_of_text(self, unit: UnitOfWork) -> str:
        return find_appointment(unit, self.org, self.appointment).owner


@dataclass(frozen=True)
class MoveAppointment(_OnAppointment):
    """Have an appointment have another slot of its calendar, before it begins."""

    slot: str = ""

    operation: ClassVar[str] = "appointments/move"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        appointment, at = find_appointment(unit, self.org, self.appointment), unit.now(self.org)
        appointment.check_changeable(at)
        calendar, before_us = appointment.calendar, appointment.start_us
        day, start_us = find_slot(unit, self.org, calendar, self.slot, "slot")
        if start_us == before_us:
            raise Conflict("the appointment has this slot.", field="slot")
        slot = day.check_free(start_us, appointment.units, at, "slot")
        before = day_with(unit, self.org, calendar, before_us)
        assert before is not None  # it has a slot of it
        before.free(before_us, self.appointment, at)
        unit.record(before, self.actor)
        day.take(start_us, self.appointment, appointment.units, at)
        unit.record(day, self.actor)
        reason = self.reason.digest if self.reason else None
        appointment.move(slot, at, fingerprint=self.fingerprint, reason=reason)
        return unit.record(appointment, self.actor, self.key)


@dataclass(frozen=True)
class CancelAppointment(_OnAppointment):
    """Have nobody come, before it begins: the slot can be had again. No money goes back by
    itself."""

    operation: ClassVar[str] = "appointments/cancel"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        appointment = find_appointment(unit, self.org, self.appointment)
        appointment.check_changeable(unit.now(self.org))
        freed = booking.free(
            unit,
            self.org,
            appointment,
            self.actor,
            key=self.key,
            fingerprint=self.fingerprint,
            reason=self.reason.digest if self.reason else None,
        )
        assert freed is not None  # it had a slot
        return freed
