"""Ports of inventory: what it asks of the event store besides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from ledger.ports import Rows


class ReservationRow(NamedTuple):
    """What became of what a reservation had of a SKU at a location, up to an event. `ends_us`: when
    time ends what is still `reserved`; 0: it does not."""

    org: str
    reservation: str
    location: str
    sku: str
    owner: str
    ends_us: int
    reserved: int
    shipped: int
    released: int
    expired: int
    returned: int
    cost: int
    sequence: int


class StockRows(Rows, Protocol):
    """Rows of stock, read by the one thread that decides."""

    def open_reservations(self, stocks: Iterable[tuple[str, str, str]]) -> list[ReservationRow]:
        """Return the rows of what is reserved, by org, location and SKU."""

    def reservation_rows(self, org: str, reservation: str) -> list[ReservationRow]:
        """Return every row of a reservation."""
