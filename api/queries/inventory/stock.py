"""Stock: how many units there are of SKUs at locations, as recorded last."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.reader import Reader


class Level(NamedTuple):
    """Units of a SKU at a location."""

    sku: str
    location: str
    on_hand: int
    reserved: int
    damaged: int
    allows_oversell: bool

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands in the list."""
        return self.sku, self.location


async def levels(
    reader: Reader,
    org: str,
    sku: str | None,
    location: str | None,
    after: tuple[str, str],
    limit: int,
) -> list[Level]:
    """Return levels after a place, by SKU and location; of one SKU, or of one location."""
    asked = stock_asked(org, sku, location, after, limit)
    return [Level(**row) for row in await reader.rows(org, "inventory/levels", asked)]


def stock_asked(
    org: str, sku: str | None, location: str | None, after: tuple[str, str], limit: int
) -> dict[str, object]:
    """Return what a query of stock after a place is asked, by SKU and location."""
    after_sku, after_location = after
    return {
        "org": org,
        "sku": sku,
        "location": location,
        "after_sku": after_sku,
        "after_location": after_location,
        "limit": limit,
    }


async def level(reader: Reader, org: str, sku: str, location: str) -> Level:
    """Return the level of a SKU at a location where there is one."""
    (found,) = await levels(reader, org, sku, location, ("", ""), 1)
    return found
