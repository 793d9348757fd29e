"""Operations on appointments, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import Call, Transport, path, sent
from tallystick.values.appointments import (
    Appointment,
    Appointments,
    Calendar,
    Calendars,
    Slots,
    SlotToPublish,
    WithdrawnSlot,
)


class AppointmentsOperations(Transport):
    """The operations on appointments."""

    def list_calendars(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> Iterator[Calendar]:
        """All calendars of the org, by their ids."""
        return self._pages(
            Call[Calendars](
                method="GET",
                path="/v1/calendars",
                result=Calendars,
                query=sent(cursor=cursor, limit=limit),
            ),
            cursor,
        )

    def list_calendars_page(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> Calendars:
        """All calendars of the org, by their ids."""
        return self._send(
            Call[Calendars](
                method="GET",
                path="/v1/calendars",
                result=Calendars,
                query=sent(cursor=cursor, limit=limit),
            )
        )

    def look_at_calendar(self, calendar: str) -> Calendar:
        """A calendar."""
        return self._send(
            Call[Calendar](
                method="GET",
                path=path("/v1/calendars/{calendar}", calendar=calendar),
                result=Calendar,
                query={},
            )
        )

    def set_calendar(
        self, calendar: str, *, name: str, idempotency_key: str | None = None
    ) -> Calendar:
        """Have a calendar of that id, called so from now on."""
        return self._send(
            Call[Calendar](
                method="PUT",
                path=path("/v1/calendars/{calendar}", calendar=calendar),
                result=Calendar,
                query={},
                body={"name": to_json(name)},
                key=idempotency_key or new_id(),
            )
        )

    def publish_slots(
        self, calendar: str, *, slots: Sequence[SlotToPublish], idempotency_key: str | None = None
    ) -> Slots:
        """Publish slots of a calendar, all of them or none: none is at the time of another."""
        return self._send(
            Call[Slots](
                method="POST",
                path=path("/v1/calendars/{calendar}/slots", calendar=calendar),
                result=Slots,
                query={},
                body={"slots": to_json(slots)},
                key=idempotency_key or new_id(),
            )
        )

    def list_slots(
        self, calendar: str, *, from_: datetime | date | None = None, days: str | None = None
    ) -> Slots:
        """The slots of a calendar that begin `from` a moment, or now, in so many `days`, or 31,
        with what of them can be had.
        """
        return self._send(
            Call[Slots](
                method="GET",
                path=path("/v1/calendars/{calendar}/slots", calendar=calendar),
                result=Slots,
                query=sent(from_=from_, days=days),
            )
        )

    def withdraw_slot(
        self, calendar: str, slot: str, *, idempotency_key: str | None = None
    ) -> WithdrawnSlot:
        """Withdraw a slot that nobody has."""
        return self._send(
            Call[WithdrawnSlot](
                method="DELETE",
                path=path("/v1/calendars/{calendar}/slots/{slot}", calendar=calendar, slot=slot),
                result=WithdrawnSlot,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    def list_appointments(
        self,
        *,
        user: str | None = None,
        order: str | None = None,
        calendar: str | None = None,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        guest_secret: str | None = None,
    ) -> Iterator[Appointment]:
        """Appointments of one user or of all the caller may see, those that begin last first."""
        return self._pages(
            Call[Appointments](
                method="GET",
                path="/v1/appointments",
                result=Appointments,
                query=sent(
                    user=user,
                    order=order,
                    calendar=calendar,
                    state=state,
                    cursor=cursor,
                    limit=limit,
                ),
                headers=sent(**{"Guest-Secret": guest_secret}),
            ),
            cursor,
        )

    def list_appointments_page(
        self,
        *,
        user: str | None = None,
        order: str | None = None,
        calendar: str | None = None,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        guest_secret: str | None = None,
    ) -> Appointments:
        """Appointments of one user or of all the caller may see, those that begin last first."""
        return self._send(
            Call[Appointments](
                method="GET",
                path="/v1/appointments",
                result=Appointments,
                query=sent(
                    user=user,
                    order=order,
                    calendar=calendar,
                    state=state,
                    cursor=cursor,
                    limit=limit,
                ),
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    def look_at_appointment(
        self, appointment: str, *, guest_secret: str | None = None
    ) -> Appointment:
        """An appointment, as it is now."""
        return self._send(
            Call[Appointment](
                method="GET",
                path=path("/v1/appointments/{appointment}", appointment=appointment),
                result=Appointment,
                query={},
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    def move_appointment(
        self,
        appointment: str,
        *,
        slot: str,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> Appointment:
        """Have an appointment have another slot of its calendar, before it begins."""
        return self._send(
            Call[Appointment](
                method="POST",
                path=path("/v1/appointments/{appointment}/move", appointment=appointment),
                result=Appointment,
                query={},
                body={"slot": to_json(slot), **sent_json(reason=reason)},
                key=idempotency_key or new_id(),
            )
        )

    def cancel_appointment(
        self, appointment: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Appointment:
        """Call an appointment off before it begins: its slot can be had again."""
        return self._send(
            Call[Appointment](
                method="POST",
                path=path("/v1/appointments/{appointment}/cancel", appointment=appointment),
                result=Appointment,
                query={},
                body=sent_json(reason=reason),
                key=idempotency_key or new_id(),
            )
        )
