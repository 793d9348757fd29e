"""Reservations: what became of one, part by part."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.reader import Reader


class FoundPart(NamedTuple):
    """What became of what a reservation had of a SKU at a location. 0 as `ends_us`: what is still
    reserved does not end by itself."""

    location: str
    sku: str
    owner: str
    ends_us: int
    reserved: int
    shipped: int
    released: int
    expired: int
    returned: int


async def parts_of(reader: Reader, org: str, reservation: str) -> list[FoundPart]:
    """Return the parts of a reservation, by SKU and location; none: there is no such one."""
    asked = {"org": org, "reservation": reservation}
    return [FoundPart(**row) for row in await reader.rows(org, "inventory/reservation", asked)]
