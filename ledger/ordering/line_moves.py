"""The line moves: what was sold of each SKU, and what of it went back, as facts say it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.ordering.order_facts import OrderConfirmed
from ledger.ordering.order_refunds import OrderRefundFailed, OrderRefundPaid


class LineMoveKind(StrEnum):
    """Why the sums of a line change."""

    SALE = "sale"
    REFUND = "refund"
    REFUND_BACK = "refund_back"


class LineMove(NamedTuple):
    """A change of what a line has brought: `subtotal - discount = amount`; below zero: less.
    `number`: its place among those of one fact."""

    number: int
    order: str
    line_id: int
    kind: str
    sku: str
    item: str
    item_type: str
    owner: str
    currency: str
    units: int
    subtotal: int
    discount: int
    amount: int


@ByType
def line_moves_of(fact: Fact) -> list[LineMove]:
    """Return what a fact changes of lines; most kinds of facts change nothing."""
    return []


@line_moves_of.register
def _sold(fact: OrderConfirmed) -> list[LineMove]:
    return [
        LineMove(
            number,
            name_of(fact.originator_id),
            line.line,
            LineMoveKind.SALE.value,
            line.sku,
            line.item or "",
            line.item_type or "",
            fact.user or "",
            fact.currency,
            line.units,
            line.subtotal,
            line.discount,
            line.total,
        )
        for number, line in enumerate(fact.lines)
    ]


@line_moves_of.register
def _refunded(fact: OrderRefundPaid) -> list[LineMove]:
    return _back(fact, LineMoveKind.REFUND, -1)


@line_moves_of.register
def _came_back(fact: OrderRefundFailed) -> list[LineMove]:
    return _back(fact, LineMoveKind.REFUND_BACK, 1) if fact.was_paid else []


def _back(
    fact: OrderRefundPaid | OrderRefundFailed, kind: LineMoveKind, sign: int
) -> list[LineMove]:
    return [
        LineMove(
            number,
            name_of(fact.originator_id),
            line.line,
            kind.value,
            line.sku,
            "",
            line.item_type or "",
            "",
            fact.money.currency,
            sign * line.units,
            sign * line.amount,
            0,
            sign * line.amount,
        )
        for number, line in enumerate(fact.lines)
    ]
