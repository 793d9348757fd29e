"""The costed stock: what units of a SKU at a location cost that come in, and that leave."""

from __future__ import annotations

from datetime import datetime

from ledger.inventory.stock_base import StockBase
from ledger.inventory.stock_cost import Outlay, StockCost, check_value
from ledger.inventory.stock_facts import UnitCostSet
from ledger.kernel.shares import half_even


class CostedStock(StockBase):
    """A stock with what it has cost."""

    def __init__(self) -> None:
        super().__init__()  # the library makes a dataclass of a class without one

    def leaving(self, quantity: int) -> Outlay | None:
        """Return what units have cost that leave; None: it is not known."""
        cost = self.valuation.going(self.on_hand, quantity)
        return None if cost is None else Outlay(cost, self.valuation.currency or "")

    def set_unit_cost(
        self, paid: int, units: int, currency: str, at: datetime, *, fingerprint: str = ""
    ) -> None:
        """Have units cost so much, those on hand too. Raises Invalid."""
        there = max(0, self.on_hand)
        value = check_value(half_even(paid * there, units)) - (self.valuation.value if there else 0)
        self.trigger_event(
            UnitCostSet,
            timestamp=at,
            paid=paid,
            units=units,
            cost=StockCost(currency, value),
            fingerprint=fingerprint,
        )

    def change(self, quantity: int, paid: Outlay | None, at: datetime) -> StockCost | None:
        """Return what more units are in money, or below zero less."""
        if quantity > 0:
            return self.come(quantity, paid, at)
        gone = self.leaving(-quantity)
        return StockCost(gone.currency, -gone.amount) if gone else None

    def come(
        self, quantity: int, paid: Outlay | None, at: datetime, *, sold: int = 0
    ) -> StockCost | None:
        """Return what units are in money that come in. What was there without a cost has from now
        on the first that is known."""
        if paid is not None and self.valuation.currency is None and self.on_hand > 0:
            self.set_unit_cost(paid.amount, quantity, paid.currency, at)
        cost, currency = paid or (None, None)
        return self.valuation.coming(self.on_hand, quantity, cost, currency, sold=sold)
