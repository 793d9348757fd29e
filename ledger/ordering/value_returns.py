"""The value returns of an order: what goes back to the gift cards and store credit that paid it, or
pays a new order in their place.

What a provider was paid goes back first, and then what was spent, to what has paid last first.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import Reasoned
from ledger.kernel.shares import spread
from ledger.ordering.order_base import (
    ExchangeState,
    OrderBase,
    OrderFact,
    RefundedLine,
    ValueReturn,
    person_of,
)
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.value_payment import ValuePayment, backwards, sum_of


class OrderValueReturned(Reasoned, OrderFact):
    """Some of what was spent is where it came from again: of which lines, by a `refund`, of which
    a provider may send another part. `status` and `payment_status`: those of the order from now
    on; `of_return`: the return by which its units came back, where a new order may have what they
    come to; `of_exchange`: it is what a new order has given back, and of no line."""

    TOPIC: ClassVar[str] = "ordering.OrderValueReturned"
    fingerprint: str
    refund: str
    currency: str
    values: list[ValuePayment]
    lines: list[RefundedLine]
    status: OrderStatus
    payment_status: PaymentState
    user: str | None = None
    reason: str | None = None
    of_return: str | None = None
    of_exchange: bool = False

    @property
    def amount(self) -> int:
        """What goes back by it in all."""
        return sum_of(self.values)

    def apply(self, aggregate: OrderBase) -> None:
        take_in(aggregate, self.refund, ValueReturn(self.values, self.lines, self.of_exchange))
        if self.status is OrderStatus.REFUNDED:  # for good: its stock is free from now on
            aggregate.stage = self.status

    def person(self, subject: str) -> str:
        return self.user or person_of(self.originator_id)


def take_in(order: OrderBase, refund: str, back: ValueReturn) -> None:
    """Take in what has gone back; what pays a new order is exchanged."""
    order.returned = {**order.returned, refund: back}
    for each in back.values:
        if (found := order.exchanges.get(each.of.name)) is not None:
            done = msgspec.structs.replace(found, state=ExchangeState.DONE)
            order.exchanges = {**order.exchanges, each.of.name: done}


def return_value(
    order: OrderBase,
    refund: str,
    amount: int,
    lines: list[RefundedLine],
    at: datetime,
    *,
    fingerprint: str,
    reason: str | None,
    of_return: str | None,
    of_exchange: bool,
) -> None:
    """Have an amount, which is of those lines, go back to where it came from; so much of it has not
    gone back."""
    values = backwards(order.paid_from, order.given_back, amount)
    record_return(
        order,
        refund,
        ValueReturn(values, lines, of_exchange),
        at,
        fingerprint=fingerprint,
        reason=reason,
        of_return=of_return,
    )


def record_return(
    order: OrderBase,
    refund: str,
    back: ValueReturn,
    at: datetime,
    *,
    fingerprint: str = "",
    reason: str | None = None,
    of_return: str | None = None,
) -> None:
    """Record where values go."""
    after = copy.copy(order)
    take_in(after, refund, back)
    order.trigger_event(
        OrderValueReturned,
        timestamp=at,
        fingerprint=fingerprint,
        refund=refund,
        currency=order.terms.currency,
        values=back.values,
        lines=back.lines,
        status=after.status,
        payment_status=after.payment_state,
        user=order.user,
        reason=reason,
        of_return=of_return,
        of_exchange=back.of_exchange,
    )


def divided(
    shares: Sequence[RefundedLine], to_send: int
) -> tuple[list[RefundedLine], list[RefundedLine]]:
    """Return what goes back of lines as what is sent, and as what returns to where it was spent.

    Units are of what is sent, if there is any: where that fails they can go back again, and come to
    what has not gone back of them.
    """
    total = sum(each.amount for each in shares)
    if not to_send:
        return [], list(shares)
    if to_send == total:
        return list(shares), []
    parts = spread(total - to_send, [each.amount for each in shares])
    sent, returned = [], []
    for each, part in zip(shares, parts, strict=True):
        if each.units or each.amount > part:
            sent.append(msgspec.structs.replace(each, amount=each.amount - part))
        if part:
            returned.append(
                msgspec.structs.replace(each, units=0, amount=part, for_units=each.units > 0)
            )
    return sent, returned
