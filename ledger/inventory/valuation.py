"""The valuation: what units of a SKU at a location have cost, as their moving average.

It is kept as the sum of all units on hand and never as a cost of one: units that leave take their
exact share of the sum along, rounded once, and the last one takes what is left. So no cent is lost
or made, however often an average has no end.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.inventory.stock_cost import StockCost, check_cost, check_value
from ledger.kernel.shares import half_even


class Valuation(NamedTuple):
    """What units on hand have cost together. Below zero: what was thought to be the cost of units
    that were sold before they came.

    `paid` for `units` is the last known average, by which units are valued of which nobody knows
    the cost. Without a currency nothing is known.
    """

    currency: str | None = None
    value: int = 0
    paid: int = 0
    units: int = 0

    def usual(self, units: int) -> int:
        """Return what units cost by the last known average. Raises Invalid."""
        return check_cost(half_even(self.paid * units, self.units)) if units else 0

    def going(self, on_hand: int, units: int) -> int | None:
        """Return what units have cost that leave: their share of those on hand, and of more than
        there are the usual; None: it is not known. Raises Invalid."""
        if self.currency is None:
            return None
        there = min(units, max(0, on_hand))
        share = half_even(self.value * there, on_hand) if there else 0
        cost = share + self.usual(units - there)
        check_value(self.value - cost, "quantity")
        return cost

    def coming(
        self, on_hand: int, units: int, cost: int | None, currency: str | None, *, sold: int = 0
    ) -> StockCost | None:
        """Return what units are that come in for a cost, or without one for the usual; None: it is
        not known. What was sold before it came is worth nothing any more: it has cost this now.
        Raises Invalid."""
        currency = self.currency or currency
        if currency is None or (cost is None and self.currency is None):
            return None
        cost = self.usual(units) if cost is None else cost
        owed = min(units, max(0, -on_hand))
        real = half_even(cost * owed, units)
        thought = half_even(-self.value * owed, -on_hand) if owed else 0
        value = check_value(self.value + thought + cost - real) - self.value
        return StockCost(currency, value, sold, real - thought)

    def after(self, cost: StockCost, on_hand: int, came: int = 0) -> Valuation:
        """Return what it is after a movement, with so many on hand then, of which some came."""
        value = self.value + cost.value
        if on_hand > 0:
            return Valuation(cost.currency, value, value, on_hand)
        if came:
            return Valuation(cost.currency, value, cost.value + cost.settled, came)
        return self._replace(currency=cost.currency, value=value)
