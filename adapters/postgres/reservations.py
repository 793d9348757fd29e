"""Reservations: what is asked of their table while deciding."""

from __future__ import annotations

from ledger.inventory.ports import ReservationRow

_COLUMNS = ", ".join(f"r.{name}" for name in ReservationRow._fields)

OPEN_RESERVATIONS = (
    f"SELECT {_COLUMNS} "
    "FROM unnest(%b::text[], %b::text[], %b::text[]) AS n (org, location, sku) "
    "JOIN tally.stock_reservations r USING (org, location, sku) WHERE r.reserved > 0"
)
RESERVATION = (
    f"SELECT {_COLUMNS} FROM tally.stock_reservations r "
    "WHERE r.org = %b AND r.reservation = %b ORDER BY r.location, r.sku"
)
