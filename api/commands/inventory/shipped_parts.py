"""Shipped parts: what left of a reservation and has not come back, long after it has ended."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from api.commands.group_state import GroupState
from api.commands.unit_of_work import UnitOfWork
from ledger.inventory.allocation import Place
from ledger.inventory.ports import StockRows
from ledger.inventory.stock_base import STOCK_RESERVATIONS
from ledger.kernel.ids import split_stream_id
from ledger.kernel.shares import half_even


class Shipped(NamedTuple):
    """What left and has not come back, by where it had left and its SKU."""

    units: Counter[Place]
    costs: Counter[Place]

    def take(self, place: Place, units: int) -> int:
        """Return what units cost that come back now: their share of those that are out."""
        cost = half_even(self.costs[place] * units, self.units[place])
        self.units[place] -= units
        self.costs[place] -= cost
        return cost


class ShippedParts(GroupState):
    """The rows of reservations, and what is not known to be stored of them.

    Nothing is kept in memory. A row says up to which event it counts, so that what is in flight is
    counted once, whether or not it has been stored meanwhile.
    """

    def __init__(self, rows: StockRows) -> None:
        self._rows = rows

    def of(self, unit: UnitOfWork, org: str, reservation: str) -> Shipped:
        """Return what was shipped of each SKU, by where it had left, and has not come back."""
        out = Shipped(Counter(), Counter())
        counted: dict[Place, int] = {}
        for row in self._rows.reservation_rows(org, reservation):
            place = row.location, row.sku
            out.units[place], out.costs[place] = row.shipped - row.returned, row.cost
            counted[place] = row.sequence
        for pending_fact in unit.unconfirmed():
            if split_stream_id(pending_fact.aggregate_id)[0] != org:
                continue
            for table, columns in pending_fact.fact.rows():
                if table != STOCK_RESERVATIONS or columns["reservation"] != reservation:
                    continue
                place = str(columns["location"]), str(columns["sku"])
                if not 0 < pending_fact.sequence <= counted.get(place, 0):
                    shipped, returned = columns["shipped"], columns["returned"]
                    out.units[place] += int(str(shipped)) - int(str(returned))
                    out.costs[place] += int(str(columns["cost"]))
        return out
