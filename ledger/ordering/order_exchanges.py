"""The exchanges of an order: what came back of it pays a new order, and what that gives back goes
on to the buyer.

What pays a new order is of no refund: from when it is begun its lines have gone, until the new
order is given up. So of all that both have taken nothing is ever paid out twice.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.errors import Conflict
from ledger.kernel.limits import EXCHANGES_PER_ORDER_MAX
from ledger.ordering.order_base import (
    Exchange,
    ExchangeState,
    OrderBase,
    OrderFact,
    RefundedLine,
    ValueReturn,
)
from ledger.ordering.order_refunds import ask, asked_shares, back_of, check_refund
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.refund_shares import AskedLine, taxed_shares
from ledger.ordering.value_payment import ValuePayment
from ledger.ordering.value_returns import divided, record_return
from ledger.stored_value.value_source import of_exchange


class OrderExchangeBegun(OrderFact):
    """What units that came back come to is to pay a new order, once that is confirmed; of which
    lines. `of_return`: the return by which they came."""

    TOPIC: ClassVar[str] = "ordering.OrderExchangeBegun"
    exchange: str
    new_order: str
    currency: str
    lines: list[RefundedLine]
    of_return: str

    @property
    def amount(self) -> int:
        """What the new order is to be paid by it."""
        return sum(each.amount for each in self.lines)

    def apply(self, aggregate: OrderBase) -> None:
        begun = Exchange(self.exchange, self.of_return, self.lines)
        aggregate.exchanges = {**aggregate.exchanges, self.new_order: begun}


class OrderExchangeEnded(OrderFact):
    """The new order was given up before it was confirmed: it has nothing of this one any more."""

    TOPIC: ClassVar[str] = "ordering.OrderExchangeEnded"
    exchange: str
    new_order: str
    of_return: str

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.exchanges = _with(aggregate, self.new_order, state=ExchangeState.ENDED)


class OrderExchangeReturned(OrderFact):
    """The new order has given back some of what it was paid: that goes on to the buyer, by
    `refund`. `status` and `payment_status`: those of this order from now on."""

    TOPIC: ClassVar[str] = "ordering.OrderExchangeReturned"
    exchange: str
    new_order: str
    amount: int
    currency: str
    refund: str
    status: OrderStatus
    payment_status: PaymentState

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.exchanges = _come_back(aggregate, self.new_order, self.amount)


def check_exchange(order: OrderBase, asked: Sequence[AskedLine]) -> int:
    """Return what units that came back are worth to a new order, of an order whose money is here:
    what would be refunded of them. Raises Conflict and Invalid."""
    if len(order.exchanges) >= EXCHANGES_PER_ORDER_MAX:
        raise Conflict(f"an order has at most {EXCHANGES_PER_ORDER_MAX} exchanges.", field="id")
    if order.owed:
        raise Conflict("the money of the order is not captured yet: wait for that.", field="id")
    return check_refund(order, asked)


def begin_exchange(
    order: OrderBase,
    exchange: str,
    new_order: str,
    asked: Sequence[AskedLine],
    amount: int,
    refund: str,
    at: datetime,
    *,
    of_return: str,
) -> int:
    """Have so much of what checked units come to pay a new order, and ask for the rest to go back
    by a refund; return what that is."""
    shares = asked_shares(order, asked, None)
    rest = sum(each.amount for each in shares) - amount
    sent, exchanged = divided(shares, rest)
    order.trigger_event(
        OrderExchangeBegun,
        timestamp=at,
        exchange=exchange,
        new_order=new_order,
        currency=order.terms.currency,
        lines=exchanged,
        of_return=of_return,
    )
    if rest:
        ask(order, refund, rest, sent, at, of_return=of_return)
    return rest


def end_exchange(order: OrderBase, new_order: str, at: datetime) -> None:
    """Have what was to pay a new order be there again, if it is still to."""
    found = order.exchanges.get(new_order)
    if found is not None and found.state is ExchangeState.PENDING:
        order.trigger_event(
            OrderExchangeEnded,
            timestamp=at,
            exchange=found.id,
            new_order=new_order,
            of_return=found.of_return,
        )


def settle_exchange(order: OrderBase, new_order: str, at: datetime) -> None:
    """Pay a new order that is confirmed, once."""
    found = order.exchanges[new_order]
    if found.state is ExchangeState.PENDING:
        values = [ValuePayment(of_exchange(new_order).path, found.amount)]
        lines = taxed_shares(order.terms, back_of(order), found.lines)
        record_return(order, found.id, ValueReturn(values, lines), at, of_return=found.of_return)


def return_exchanged(
    order: OrderBase, new_order: str, amount: int, refund: str, at: datetime
) -> None:
    """Take in that a new order has given back some of what it was paid, and ask for it to go on to
    the buyer, by where this order's money came from; a dispute keeps it."""
    after = copy.copy(order)
    after.exchanges = _come_back(order, new_order, amount)
    order.trigger_event(
        OrderExchangeReturned,
        timestamp=at,
        exchange=order.exchanges[new_order].id,
        new_order=new_order,
        amount=amount,
        currency=order.terms.currency,
        refund=refund,
        status=after.status,
        payment_status=after.payment_state,
    )
    if order.to_pass_on > 0 and not order.is_disputed:
        ask(order, refund, order.to_pass_on, [], at, of_exchange=True)


def _come_back(order: OrderBase, new_order: str, amount: int) -> dict[str, Exchange]:
    return _with(order, new_order, back=order.exchanges[new_order].back + amount)


def _with(order: OrderBase, new_order: str, **changed: object) -> dict[str, Exchange]:
    there = msgspec.structs.replace(order.exchanges[new_order], **changed)
    return {**order.exchanges, new_order: there}
