"""The appointment: the slot that a line of an order has, from its placing on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from ledger.appointments.slot import Slot, slot_name
from ledger.kernel.aggregate import FirstFact, LedgerAggregate, Reasoned
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds
from ledger.ordering.order_terms import PlacedLine

APPOINTMENT_STREAM = "appointment"
APPOINTMENTS = "appointments"
"""The table of appointments, as they are now."""


class AppointmentState(StrEnum):
    """Whether it has its slot. `held`: until its order is paid; `freed`: it was not, or it was
    cancelled, or its money went back."""

    HELD = "held"
    BOOKED = "booked"
    FREED = "freed"


class Appointment(LedgerAggregate):
    """One appointment."""

    TOPIC: ClassVar[str] = "appointments.Appointment"
    STREAM: ClassVar[str] = f"{APPOINTMENT_STREAM}/"

    def __init__(
        self,
        order: str,
        line: int,
        sku: str,
        user: str | None,
        calendar: str,
        units: int,
        start_us: int,
        end_us: int,
    ) -> None:
        self.order = order
        self.line = line
        self.sku = sku
        self.user = user
        self.calendar = calendar
        self.units = units
        self.start_us = start_us
        self.end_us = end_us
        self.stage = AppointmentState.HELD

    class Event(LedgerAggregate.Event):
        """Base of an appointment's facts."""

    class AppointmentHeld(Event, FirstFact):
        """A line of an order that was placed has a slot, so many units of it."""

        TOPIC: ClassVar[str] = "appointments.AppointmentHeld"
        order: str
        line: int
        sku: str
        user: str | None
        calendar: str
        units: int
        start_us: int
        end_us: int

        def person(self, subject: str) -> str:
            return self.user or self.order

    class AppointmentBooked(Event):
        """The order is confirmed: the slot is its buyer's."""

        TOPIC: ClassVar[str] = "appointments.AppointmentBooked"

        def apply(self, aggregate: Appointment) -> None:
            aggregate.stage = AppointmentState.BOOKED

    class AppointmentMoved(Reasoned, Event):
        """It has another slot of the calendar from now on."""

        TOPIC: ClassVar[str] = "appointments.AppointmentMoved"
        fingerprint: str
        user: str
        start_us: int
        end_us: int
        reason: str | None = None

        def apply(self, aggregate: Appointment) -> None:
            aggregate.start_us, aggregate.end_us = self.start_us, self.end_us

        def person(self, subject: str) -> str:
            return self.user

    class AppointmentFreed(Reasoned, Event):
        """It has no slot any more."""

        TOPIC: ClassVar[str] = "appointments.AppointmentFreed"
        fingerprint: str
        user: str
        reason: str | None = None

        def apply(self, aggregate: Appointment) -> None:
            aggregate.stage = AppointmentState.FREED

        def person(self, subject: str) -> str:
            return self.user

    @classmethod
    def hold(
        cls, org: str, order: str, user: str | None, line: PlacedLine, slot: Slot, at: datetime
    ) -> Appointment:
        """Have a line have a slot."""
        assert line.benefit is not None
        return cls._create(
            cls.AppointmentHeld,
            id=appointment_id(org, appointment_name(order, line.id)),
            timestamp=at,
            order=order,
            line=line.id,
            sku=line.sku,
            user=user,
            calendar=line.benefit.calendar,
            units=line.units,
            start_us=slot.start_us,
            end_us=slot.end_us,
        )

    @property
    def id_in_org(self) -> str:
        """Its id, as callers know it."""
        return name_of(self.id)

    @property
    def owner(self) -> str:
        """Whose its texts are."""
        return self.user or self.order

    def book(self, at: datetime) -> None:
        """Have it be its buyer's."""
        self.trigger_event(self.AppointmentBooked, timestamp=at)

    def check_changeable(self, at: datetime) -> None:
        """Raise Conflict where it cannot be moved or cancelled."""
        if self.stage is not AppointmentState.BOOKED:
            raise Conflict(f"the appointment is {self.stage}.", field="appointment")
        if self.start_us <= microseconds(at):
            raise Conflict("the appointment has begun.", field="appointment")

    def move(self, slot: Slot, at: datetime, *, fingerprint: str, reason: str | None) -> None:
        """Have another slot, as was checked."""
        self.trigger_event(
            self.AppointmentMoved,
            timestamp=at,
            fingerprint=fingerprint,
            user=self.owner,
            start_us=slot.start_us,
            end_us=slot.end_us,
            reason=reason,
        )

    def free(self, at: datetime, *, fingerprint: str = "", reason: str | None = None) -> None:
        """Have no slot any more."""
        self.trigger_event(
            self.AppointmentFreed,
            timestamp=at,
            fingerprint=fingerprint,
            user=self.owner,
            reason=reason,
        )

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "id": self.id_in_org,
            "order_id": self.order,
            "line": self.line,
            "sku": self.sku,
            "owner": self.user,
            "calendar": self.calendar,
            "slot": slot_name(self.calendar, self.start_us),
            "start_us": self.start_us,
            "end_us": self.end_us,
            "units": self.units,
            "state": self.stage.value,
        }
        return [TableRow(APPOINTMENTS, columns)]


def appointment_name(order: str, line: int) -> str:
    """Return the id of the appointment of a line of an order."""
    return f"{order}-{line}"


def appointment_id(org: str, appointment: str) -> str:
    """Return the stream of an appointment."""
    return stream_id(org, APPOINTMENT_STREAM, appointment)
