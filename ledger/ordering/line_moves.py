"""The line moves: what was sold of each SKU and for sending it, and what of that went back, as
facts say it: all without tax but the tax and the total."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.ordering.order_base import RefundedLine
from ledger.ordering.order_facts import OrderConfirmed
from ledger.ordering.order_refunds import OrderRefundFailed, OrderRefundPaid
from ledger.ordering.order_terms import BoughtLine


class LineMoveKind(StrEnum):
    """Why the sums of a line change."""

    SALE = "sale"
    REFUND = "refund"
    REFUND_BACK = "refund_back"


class LineMove(NamedTuple):
    """A change of what a line has brought: `subtotal - discount = amount`, without tax, and
    `amount + tax = total`; below zero: less. `number`: its place among those of one fact;
    `is_shipping`: it is for sending the order, by the method `sku`."""

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
    tax: int
    total: int
    is_shipping: bool


@ByType
def line_moves_of(fact: Fact) -> list[LineMove]:
    """Return what a fact changes of lines; most kinds of facts change nothing."""
    return []


@line_moves_of.register
def _sold(fact: OrderConfirmed) -> list[LineMove]:
    sold = [_sale(fact, number, line) for number, line in enumerate(fact.lines)]
    if fact.shipping is not None:
        sold.append(_sale(fact, len(sold), fact.shipping, is_shipping=True))
    return sold


@line_moves_of.register
def _refunded(fact: OrderRefundPaid) -> list[LineMove]:
    return _back(fact, fact.lines, LineMoveKind.REFUND, -1)


@line_moves_of.register
def _came_back(fact: OrderRefundFailed) -> list[LineMove]:
    return _back(fact, fact.lines, LineMoveKind.REFUND_BACK, 1) if fact.was_paid else []


def _sale(
    fact: OrderConfirmed, number: int, line: BoughtLine, *, is_shipping: bool = False
) -> LineMove:
    return LineMove(
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
        line.net + line.net_discount,
        line.net_discount,
        line.net,
        line.tax,
        line.net + line.tax,
        is_shipping,
    )


def _back(
    fact: OrderRefundPaid | OrderRefundFailed,
    lines: Sequence[RefundedLine],
    kind: LineMoveKind,
    sign: int,
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
            sign * (line.amount - line.tax),
            0,
            sign * (line.amount - line.tax),
            sign * line.tax,
            sign * line.amount,
            line.is_shipping,
        )
        for number, line in enumerate(lines)
    ]
