"""Checks of costs: units leave with their exact share of what was paid, and come back with it."""

from __future__ import annotations

from collections import Counter

from ledger.inspection import Folded, Has, Inspection
from ledger.inventory.condition import Condition
from ledger.inventory.movements import movements_of
from ledger.inventory.reservation_facts import StockShipped
from ledger.inventory.stock import Stock
from ledger.inventory.stock_base import StockFact, stock_id
from ledger.inventory.stock_cost import StockCost
from ledger.inventory.stock_facts import (
    StockAdjusted,
    StockReceived,
    StockReturned,
    StockTransferred,
    UnitCostSet,
)
from ledger.inventory.valuation import Valuation
from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import Invalid
from ledger.kernel.report import Place, Report
from ledger.kernel.shares import half_even
from ledger.ports import RecordedEvent

Valued = (
    StockReceived | StockAdjusted | StockTransferred | StockShipped | StockReturned | UnitCostSet
)


class CostInspection(Inspection):
    """Values every movement again, by what was known before it."""

    KINDS = WHOLE = ("costs",)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._stocks: dict[str, tuple[Valuation, int]] = {}
        """Of each stock: what it is worth, and how many are on hand."""
        self._out: Counter[tuple[str, str]] = Counter()
        self._cost: Counter[tuple[str, str]] = Counter()
        """Of each reservation, what left a stock and has not come back: units, and what they
        cost."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole or not isinstance(fact, StockFact) or not isinstance(fact, Valued):
            return
        self.report["costs"].checked += 1
        stock, cost = fact.originator_id, fact.cost
        before, on_hand = self._stocks.get(stock, (Valuation(), 0))
        moved = sum(each.on_hand for each in movements_of(fact))
        try:
            if cost != self._expected(event.org, fact, before, on_hand, moved):
                self._find(event, "what units cost is not their share of what was paid", "costs")
        except Invalid:
            self._find(event, "units cost more than can be counted", "costs")
        on_hand += moved
        if isinstance(fact, UnitCostSet):
            value = before.value + fact.cost.value
            before = Valuation(fact.cost.currency, value, fact.paid, fact.units)
        elif cost is not None and moved:
            before = before.after(cost, on_hand, max(0, moved))
        self._stocks[stock] = before, on_hand

    def _expected(
        self, org: str, fact: Valued, before: Valuation, on_hand: int, moved: int
    ) -> StockCost | None:
        """Return what a movement is in money, where what was paid for it is as it says."""
        cost = fact.cost
        if isinstance(fact, UnitCostSet):
            there = max(0, on_hand)
            value = half_even(fact.paid * there, fact.units) - (before.value if there else 0)
            return StockCost(fact.cost.currency, value)
        sold = self._sold(org, fact)
        if isinstance(fact, StockReturned) and fact.condition is Condition.DAMAGED:
            return StockCost(cost.currency, sold=sold) if cost and sold else None
        if moved < 0:
            gone = before.going(on_hand, -moved)
            of_sale = gone if gone and isinstance(fact, StockShipped) else 0
            return None if gone is None else StockCost(before.currency or "", -gone, of_sale)
        if not moved or cost is None:
            return before.coming(on_hand, moved, None, None) if moved else None
        paid = cost.value + cost.settled
        return before.coming(on_hand, moved, paid, cost.currency, sold=sold)

    def _sold(self, org: str, fact: Valued) -> int:
        """Return what units had cost that come back, below zero; remember those that leave."""
        if isinstance(fact, StockShipped):
            place = fact.originator_id, fact.reservation.id
            self._out[place] += fact.quantity
            self._cost[place] += fact.sold
        if not isinstance(fact, StockReturned):
            return 0
        place = stock_id(org, fact.shipped_from, fact.sku), fact.reservation.id
        out = self._out[place]
        share = half_even(self._cost[place] * fact.quantity, out) if out > 0 else 0
        self._out[place] -= fact.quantity
        self._cost[place] -= share
        if not self._out[place]:
            del self._out[place], self._cost[place]
        return -share

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Compare what stock is worth with the sums of movements."""
        if not self.whole:
            return
        for stock, _ in folded.of(Stock):
            self.report["costs"].checked += 1
            worth, _ = self._stocks.get(stock.id, (Valuation(), 0))
            if stock.valuation != worth:
                detail = f"it is worth {stock.valuation.value}, its movements sum to {worth.value}"
                self.report["costs"].find(Place(stock.id.partition("/")[0], row=stock.id), detail)
