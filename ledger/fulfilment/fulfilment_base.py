"""The base of a fulfilment, which its facts are written against: what it remembers."""

from __future__ import annotations

from ledger.fulfilment.goods import GoodsLine, LineUnits
from ledger.fulfilment.shipment import Shipment, lines_of
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import name_of


class FulfilmentBase(LedgerAggregate):
    """The goods of one order, without a word of what can be decided."""

    def __init__(self, goods: list[GoodsLine]) -> None:
        self.goods = goods
        self.shipments: dict[str, Shipment] = {}
        self.withdrawn: dict[int, int] = {}
        """How many units of each line are never sent."""

    @property
    def order(self) -> str:
        """The id of the order."""
        return name_of(self.id)

    def lines(self) -> list[LineUnits]:
        """Return what became of the units of each line."""
        return lines_of(self.goods, self.withdrawn, self.shipments.values())


class FulfilmentFact(LedgerAggregate.Event):
    """Something that happened to the goods of an order."""
