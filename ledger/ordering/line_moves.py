"""The line moves: what was sold of each SKU and for sending it, and what of that went back, as
facts say it: all without tax but the tax and the total."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.kernel.shares import half_even, spread
from ledger.ordering.order_base import RefundedLine
from ledger.ordering.order_captures import OrderLessened
from ledger.ordering.order_facts import OrderConfirmed
from ledger.ordering.order_refunds import OrderRefundFailed, OrderRefundPaid
from ledger.ordering.order_terms import BoughtLine, bought_lines, bought_shipping
from ledger.ordering.past_order_facts import OrderImported
from ledger.ordering.past_terms import is_sold
from ledger.ordering.value_returns import OrderValueReturned


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
    at_us: int | None = None
    """When, where that was before it was recorded."""


@ByType
def line_moves_of(fact: Fact) -> list[LineMove]:
    """Return what a fact changes of lines; most kinds of facts change nothing."""
    return []


@line_moves_of.register
def _sold(fact: OrderConfirmed) -> list[LineMove]:
    return _sales(fact, fact.currency, fact.lines, fact.shipping)


@line_moves_of.register
def _imported(fact: OrderImported) -> list[LineMove]:
    """Of an order that was imported: what was sold when it was placed, and what of it went back, of
    which its file says neither when nor of which lines."""
    terms = fact.terms
    if not is_sold(fact.status):
        return []
    sales = _sales(fact, terms.currency, bought_lines(terms), bought_shipping(terms))
    sold = [each._replace(at_us=fact.placed_us) for each in sales]
    is_all = fact.refunded == terms.to_pay
    shares = spread(fact.refunded, [each.total for each in sold])
    back = [
        _part_of(each, share, is_all=is_all)
        for each, share in zip(sold, shares, strict=True)
        if share
    ]
    return [each._replace(number=number) for number, each in enumerate([*sold, *back])]


def _part_of(sold: LineMove, back: int, *, is_all: bool) -> LineMove:
    """Return what of a sale went back; its units are known where it was all of them."""
    tax = half_even(back * sold.tax, sold.total)
    return sold._replace(
        kind=LineMoveKind.REFUND.value,
        units=-sold.units if is_all else 0,
        subtotal=tax - back,
        discount=0,
        amount=tax - back,
        tax=-tax,
        total=-back,
    )


@line_moves_of.register
def _refunded(fact: OrderRefundPaid) -> list[LineMove]:
    return _back(fact, fact.lines, fact.money.currency, LineMoveKind.REFUND, -1)


@line_moves_of.register
def _lessened(fact: OrderLessened) -> list[LineMove]:
    return _back(fact, fact.lines, fact.money.currency, LineMoveKind.REFUND, -1)


@line_moves_of.register
def _returned(fact: OrderValueReturned) -> list[LineMove]:
    return _back(fact, fact.lines, fact.currency, LineMoveKind.REFUND, -1)


@line_moves_of.register
def _came_back(fact: OrderRefundFailed) -> list[LineMove]:
    if not fact.was_paid:
        return []
    return _back(fact, fact.lines, fact.money.currency, LineMoveKind.REFUND_BACK, 1)


def _sales(
    fact: OrderConfirmed | OrderImported,
    currency: str,
    lines: Sequence[BoughtLine],
    shipping: BoughtLine | None,
) -> list[LineMove]:
    sold = [*lines, *([] if shipping is None else [shipping])]
    return [
        _sale(fact, currency, number, line, is_shipping=line is shipping)
        for number, line in enumerate(sold)
    ]


def _sale(
    fact: OrderConfirmed | OrderImported,
    currency: str,
    number: int,
    line: BoughtLine,
    *,
    is_shipping: bool,
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
        currency,
        line.units,
        line.net + line.net_discount,
        line.net_discount,
        line.net,
        line.tax,
        line.net + line.tax,
        is_shipping,
    )


def _back(
    fact: Fact, lines: Sequence[RefundedLine], currency: str, kind: LineMoveKind, sign: int
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
            currency,
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
