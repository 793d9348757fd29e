"""Costs: what units of SKUs at locations have cost, as recorded last."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.inventory.stock import stock_asked
from api.queries.reader import Reader


class StockWorth(NamedTuple):
    """What units of a SKU at a location have cost: those on hand together, and on average `paid`
    for so many `units`. Without a currency nobody knows."""

    sku: str
    location: str
    on_hand: int
    cost_currency: str | None
    value: int
    paid: int
    units: int

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands in the list."""
        return self.sku, self.location


async def costs(
    reader: Reader,
    org: str,
    sku: str | None,
    location: str | None,
    after: tuple[str, str],
    limit: int,
) -> list[StockWorth]:
    """Return what stock has cost after a place, by SKU and location; of one SKU, or of one
    location."""
    asked = stock_asked(org, sku, location, after, limit)
    return [StockWorth(**row) for row in await reader.rows(org, "inventory/costs", asked)]


async def cost_of(reader: Reader, org: str, sku: str, location: str) -> StockWorth:
    """Return what a SKU's stock at a location has cost, where there is such a stock."""
    (found,) = await costs(reader, org, sku, location, ("", ""), 1)
    return found
