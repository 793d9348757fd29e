"""The goods: the units of an order that are sent, what of them is left to send, and how far an
order is by that.

All else that an order sells is fulfilled by contexts of its own and waits for no shipment; what it
moves from one location to another counts here, too, as it leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from ledger.catalogue.item_type import Kind
from ledger.ordering.order_base import OrderRefund
from ledger.ordering.order_status import OrderStatus
from ledger.ordering.order_terms import OrderTerms
from ledger.purchases.notice import RefundState


class GoodsLine(msgspec.Struct, frozen=True):
    """So many units of a line of an order, which is of one SKU."""

    line: int
    sku: str
    units: int


class LineUnits(NamedTuple):
    """What became of the units of a line. `withdrawn`: they are sent no more, as their money is
    back; `allotted`: they stand in shipments that have not been sent."""

    goods: GoodsLine
    withdrawn: int = 0
    allotted: int = 0
    shipped: int = 0
    delivered: int = 0

    @property
    def to_ship(self) -> int:
        """How many are still to be sent, in shipments or not yet."""
        return max(0, self.goods.units - self.withdrawn - self.shipped)


def goods_of(terms: OrderTerms) -> list[GoodsLine]:
    """Return what of an order is sent. What no catalogue knows counts as goods."""
    return [
        GoodsLine(each.id, each.sku, each.units)
        for each in terms.lines
        if each.kind in (None, Kind.PHYSICAL)
    ]


def moved_of(terms: OrderTerms) -> list[GoodsLine]:
    """Return what of an order is moved from one location of the org to another."""
    return [GoodsLine(each.id, each.sku, each.units) for each in terms.lines if each.is_transferred]


def going_back(refunds: Iterable[OrderRefund]) -> dict[int, int]:
    """Return how many units of each line are about to be paid back that were not returned: none of
    them is sent meanwhile."""
    found: dict[int, int] = {}
    for refund in refunds:
        if refund.state is RefundState.PENDING and refund.of_return is None:
            for each in refund.lines:
                found[each.line] = found.get(each.line, 0) + each.units
    return found


def progress_of(lines: Iterable[LineUnits]) -> OrderStatus:
    """Return how far a confirmed order is by what has left of its goods, and of what it moves from
    one location to another."""
    lines = list(lines)
    if not any(each.to_ship for each in lines):
        return OrderStatus.FULFILLED
    if any(each.shipped for each in lines):
        return OrderStatus.PARTIALLY_FULFILLED
    if any(each.allotted for each in lines):
        return OrderStatus.PROCESSING
    return OrderStatus.CONFIRMED


def units_by_sku(lines: Iterable[GoodsLine]) -> Mapping[str, int]:
    """Return how many units of each SKU lines are."""
    found: dict[str, int] = {}
    for each in lines:
        found[each.sku] = found.get(each.sku, 0) + each.units
    return found
