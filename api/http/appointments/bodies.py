"""Bodies of requests about calendars and appointments, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import Field

from api.http.fields import Body, Label, Reason, Time
from api.http.requests import JsonBody
from ledger.appointments.slot import Slot
from ledger.kernel.limits import SLOT_CAPACITY_MAX, SLOTS_PER_DAY_MAX


class CalendarBody(Body):
    """A calendar: what its provider is called."""

    name: Label


class SlotBody(Body):
    """A time that so many may come to."""

    start: Time
    end: Time
    capacity: Annotated[int, Field(ge=1, le=SLOT_CAPACITY_MAX)] = 1


class SlotsBody(Body):
    """Slots that can be had from now on, none at the time of another."""

    slots: Annotated[list[SlotBody], Field(min_length=1, max_length=SLOTS_PER_DAY_MAX)]

    def all_slots(self) -> tuple[Slot, ...]:
        """Return the slots."""
        return tuple(Slot(each.start, each.end, each.capacity) for each in self.slots)


class MoveBody(Body):
    """Which slot an appointment is to have, and why."""

    slot: Label
    reason: Reason | None = None


class CallOffBody(Body):
    """Why nobody comes."""

    reason: Reason | None = None


CalendarAsked = Annotated[CalendarBody, Depends(JsonBody(CalendarBody))]
SlotsAsked = Annotated[SlotsBody, Depends(JsonBody(SlotsBody))]
MoveAsked = Annotated[MoveBody, Depends(JsonBody(MoveBody))]
CallOff = Annotated[CallOffBody, Depends(JsonBody(CallOffBody))]
