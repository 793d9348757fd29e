"""Appointments, as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from api.queries.reader import Reader, Row


class FoundAppointment(NamedTuple):
    """An appointment: whose, and when."""

    id: str
    order: str
    line: int
    sku: str
    owner: str | None
    calendar: str
    slot: str
    start_us: int
    end_us: int
    units: int
    state: str

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        return self.start_us, self.id


async def appointment_of(reader: Reader, org: str, appointment: str) -> FoundAppointment | None:
    """Return an appointment by its id."""
    row = await reader.row(org, "appointments/appointment", {"org": org, "id": appointment})
    return None if row is None else _found(row)


async def list_of(
    reader: Reader,
    org: str,
    filters: Mapping[str, str | None],
    before: tuple[int, str],
    limit: int,
) -> list[FoundAppointment]:
    """Return appointments before a place, those that begin last first."""
    before_us, before_id = before
    asked = {"org": org, **filters, "before_us": before_us, "before": before_id, "limit": limit}
    rows = await reader.rows(org, "appointments/appointments", asked)
    return [_found(row) for row in rows]


def _found(row: Row) -> FoundAppointment:
    columns = {**row, "order": row["order_id"]}
    return FoundAppointment(**{name: columns[name] for name in FoundAppointment._fields})
