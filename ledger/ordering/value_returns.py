"""The value returns of an order: what goes back to the gift cards and store credit that paid it.

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
    on; `of_return`: the return by which its units came back."""

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

    @property
    def amount(self) -> int:
        """What goes back by it in all."""
        return sum_of(self.values)

    def apply(self, aggregate: OrderBase) -> None:
        back = ValueReturn(self.values, self.lines)
        aggregate.returned = {**aggregate.returned, self.refund: back}
        if self.status is OrderStatus.REFUNDED:  # for good: its stock is free from now on
            aggregate.stage = self.status

    def person(self, subject: str) -> str:
        return self.user or person_of(self.originator_id)


def return_value(
    order: OrderBase,
    refund: str,
    lines: list[RefundedLine],
    at: datetime,
    *,
    fingerprint: str,
    reason: str | None,
    of_return: str | None,
) -> None:
    """Have what lines say go back to where it came from; so much of it has not gone back."""
    amount = sum(each.amount for each in lines)
    values = backwards(order.paid_from, order.given_back, amount)
    after = copy.copy(order)
    after.returned = {**order.returned, refund: ValueReturn(values, lines)}
    order.trigger_event(
        OrderValueReturned,
        timestamp=at,
        fingerprint=fingerprint,
        refund=refund,
        currency=order.terms.currency,
        values=values,
        lines=lines,
        status=after.status,
        payment_status=after.payment_state,
        user=order.user,
        reason=reason,
        of_return=of_return,
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
