"""Stock facts: what comes, goes and is counted of a SKU at a location, reserved or not."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from ledger.inventory.condition import Condition
from ledger.inventory.reservation import Part
from ledger.inventory.stock_base import ReservationFact, StockBase, StockFact
from ledger.inventory.stock_cost import StockCost
from ledger.inventory.valuation import Valuation
from ledger.kernel.aggregate import FirstFact, Reasoned


class StockOpened(StockFact, FirstFact):
    """A SKU is kept at a location from now on."""

    TOPIC: ClassVar[str] = "inventory.StockOpened"


class OversellSet(StockFact):
    """More than is on hand may be reserved, or may not any more."""

    TOPIC: ClassVar[str] = "inventory.OversellSet"
    fingerprint: str
    allowed: bool

    def apply(self, aggregate: StockBase) -> None:
        aggregate.allows_oversell = self.allowed


class UnitCostSet(StockFact):
    """Units of the SKU have cost so much from now on, those on hand too: `paid` for so many
    `units`."""

    TOPIC: ClassVar[str] = "inventory.UnitCostSet"
    paid: int
    units: int
    cost: StockCost
    fingerprint: str = ""

    def apply(self, aggregate: StockBase) -> None:
        value = aggregate.valuation.value + self.cost.value
        aggregate.valuation = Valuation(self.cost.currency, value, self.paid, self.units)


class StockReceived(StockFact):
    """Units have come in. `reference`: the caller's, such as of a delivery."""

    TOPIC: ClassVar[str] = "inventory.StockReceived"
    quantity: int
    reference: str | None = None
    fingerprint: str = ""
    cost: StockCost | None = None

    def apply(self, aggregate: StockBase) -> None:
        aggregate.on_hand += self.quantity
        aggregate.costs(self.cost, self.quantity)


class StockReturned(ReservationFact):
    """Units that were shipped have come back, here. `shipped_from`: the location they had left."""

    TOPIC: ClassVar[str] = "inventory.StockReturned"
    COUNTS: ClassVar = {"returned": 1}
    shipped_from: str
    condition: Condition
    elsewhere: list[Part] = field(default_factory=list)
    fingerprint: str = ""
    cost: StockCost | None = None

    @property
    def taken_from(self) -> str:
        """The location at which the units were reserved."""
        return self.shipped_from

    @property
    def sold(self) -> int:
        """What the units had cost, below zero."""
        return self.cost.sold if self.cost else 0

    def apply(self, aggregate: StockBase) -> None:
        aggregate.gains(self.quantity, self.condition)
        if self.condition is Condition.SELLABLE:
            aggregate.costs(self.cost, self.quantity)


class StockAdjusted(Reasoned, StockFact):
    """A person has counted, or written off: so many more, or below zero less."""

    TOPIC: ClassVar[str] = "inventory.StockAdjusted"
    quantity: int
    condition: Condition
    reason: str | None = None
    fingerprint: str = ""
    cost: StockCost | None = None

    def apply(self, aggregate: StockBase) -> None:
        aggregate.gains(self.quantity, self.condition)
        aggregate.costs(self.cost, max(0, self.quantity))


class StockTransferred(StockFact):
    """Units have come from another location of the org, or below zero have gone there. `owner`: the
    order that moves them, if one does."""

    TOPIC: ClassVar[str] = "inventory.StockTransferred"
    quantity: int
    other: str
    reference: str | None = None
    fingerprint: str = ""
    cost: StockCost | None = None
    owner: str | None = None

    def apply(self, aggregate: StockBase) -> None:
        aggregate.on_hand += self.quantity
        aggregate.costs(self.cost, max(0, self.quantity))
