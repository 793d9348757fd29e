"""The refunds of an order: money that goes back, by lines, units or amount, at most what was
paid."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import Reasoned
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.limits import REFUNDS_PER_ORDER_MAX
from ledger.kernel.money import format_amount
from ledger.ordering.order_base import (
    OrderBase,
    OrderFact,
    OrderRefund,
    PaidFact,
    RefundedLine,
    person_of,
)
from ledger.ordering.order_captures import lessen
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.refund_shares import (
    AskedLine,
    shares_of_all,
    shares_of_amount,
    shares_of_lines,
    taxed_shares,
)
from ledger.ordering.value_returns import divided, return_value
from ledger.purchases.notice import Money, RefundChanged, RefundState
from ledger.purchases.purchase_base import MANUAL


class OrderRefundRequested(Reasoned, OrderFact):
    """Money of a payment is to go back: of which lines, with how many units. `of_return`: the
    return by which those came back; without one they need not have been sent. `of_exchange`: it is
    what a new order has given back, and of no line."""

    TOPIC: ClassVar[str] = "ordering.OrderRefundRequested"
    fingerprint: str
    refund: str
    provider: str
    payment: str
    money: Money
    lines: list[RefundedLine]
    user: str | None = None
    reason: str | None = None
    of_return: str | None = None
    of_exchange: bool = False

    def apply(self, aggregate: OrderBase) -> None:
        asked = OrderRefund(
            self.payment,
            self.money.amount,
            self.money.currency,
            self.lines,
            RefundState.PENDING,
            of_return=self.of_return,
            of_exchange=self.of_exchange,
        )
        aggregate.refunds = {**aggregate.refunds, self.refund: asked}

    def person(self, subject: str) -> str:
        return self.user or person_of(self.originator_id)


class OrderRefundFound(OrderFact):
    """Money went back at the provider's, without us: it is a part of every line, unless the order
    has never taken it."""

    TOPIC: ClassVar[str] = "ordering.OrderRefundFound"
    refund: str
    provider: str
    payment: str
    money: Money
    lines: list[RefundedLine]

    def apply(self, aggregate: OrderBase) -> None:
        found = OrderRefund(
            self.payment,
            self.money.amount,
            self.money.currency,
            self.lines,
            RefundState.PENDING,
            is_stray=aggregate.captured[self.payment].is_stray,
            number=self.refund,
        )
        aggregate.refunds = {**aggregate.refunds, self.refund: found}


class OrderRefundPaid(PaidFact):
    """The money is back with the buyer. `number`: the provider's id, or the reference of a
    transfer; `status` and `payment_status`: those of the order from now on."""

    TOPIC: ClassVar[str] = "ordering.OrderRefundPaid"
    fingerprint: str
    refund: str
    provider: str
    payment: str
    money: Money
    lines: list[RefundedLine]
    number: str
    status: OrderStatus
    payment_status: PaymentState
    user: str | None = None
    of_exchange: bool = False

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.refunds = moved(
            aggregate, self.refund, RefundState.PAID, self.number, lines=self.lines
        )
        if self.status is OrderStatus.REFUNDED:  # for good: its stock is free from now on
            aggregate.stage = self.status


class OrderRefundFailed(OrderFact):
    """The money is with us again, or has never left. `was_paid`: it had been with the buyer."""

    TOPIC: ClassVar[str] = "ordering.OrderRefundFailed"
    refund: str
    provider: str
    payment: str
    money: Money
    lines: list[RefundedLine]
    number: str
    status: OrderStatus
    payment_status: PaymentState
    code: str | None = None
    was_paid: bool = False
    user: str | None = None
    of_exchange: bool = False

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.refunds = moved(aggregate, self.refund, RefundState.FAILED, self.number)


def moved(
    order: OrderBase, refund: str, state: RefundState, number: str, **more: object
) -> dict[str, OrderRefund]:
    """Return the refunds of an order with one of them elsewhere."""
    there = msgspec.structs.replace(order.refunds[refund], state=state, number=number, **more)
    return {**order.refunds, refund: there}


def request_refund(
    order: OrderBase,
    refund: str,
    lines: Sequence[AskedLine],
    amount: int | None,
    at: datetime,
    *,
    fingerprint: str = "",
    reason: str | None = None,
    of_return: str | None = None,
) -> None:
    """Ask for money to go back: of lines, an amount of all of them, or all that is left, which is
    first what a new order has given back and nobody was sent. Raises Conflict and Invalid."""
    shares, back = list[RefundedLine](), order.to_pass_on
    _check_refundable(order)
    if lines or amount is not None or not back:
        shares = asked_shares(order, lines, amount)
        back = sum(each.amount for each in shares)
    ask(
        order,
        refund,
        back,
        shares,
        at,
        fingerprint=fingerprint,
        reason=reason,
        of_return=of_return,
        of_exchange=not shares,
    )


def check_refund(order: OrderBase, lines: Sequence[AskedLine]) -> int:
    """Return what would go back of lines. Raises Conflict and Invalid."""
    return sum(each.amount for each in asked_shares(order, lines, None))


def return_rest(order: OrderBase, refund: str, at: datetime) -> bool:
    """Ask for all to go back that was paid and has not, unless a dispute takes it, and for nothing
    to be captured; tell whether there was something."""
    left = order.paid + order.owed - order.refunded
    if left <= 0 or order.is_disputed:
        return False
    shares = [each for each in shares_of_all(order.terms, gone_of(order)) if each.amount]
    ask(order, refund, left, shares, at)
    return True


def hear_refund(order: OrderBase, told: RefundChanged, at: datetime) -> None:
    """Take in where a refund is: it goes from pending to paid, and from either to failed."""
    name = _name_of(order, told)
    known = order.refunds.get(name)
    if order.begun is None or told.payment not in order.captured:
        return
    if known is None:
        if told.state is not RefundState.FAILED:
            _find(order, name, told, at)
            if told.state is RefundState.PAID:
                _end(order, OrderRefundPaid, name, told.refund, at, fingerprint="")
        return
    if told.money != Money(known.amount, known.currency):
        return  # of another amount than ours: the reconciliation with the provider's book shows it
    if told.state is RefundState.FAILED and known.lives:
        was_paid = known.state is RefundState.PAID
        _end(order, OrderRefundFailed, name, told.refund, at, code=told.code, was_paid=was_paid)
    elif told.state is RefundState.PAID and known.state is RefundState.PENDING:
        _end(order, OrderRefundPaid, name, told.refund, at, fingerprint="")


def confirm_refund(
    order: OrderBase, refund: str, reference: str, at: datetime, *, fingerprint: str
) -> None:
    """Record that a person has sent money back by a bank transfer. Raises NotFound and Conflict."""
    known = order.refunds.get(refund)
    if known is None or order.begun is None:
        raise NotFound("no transfer sends a refund of that id back.", field="refund")
    if order.begun.provider != MANUAL:
        raise Conflict(f"{order.begun.provider} tells by itself where a refund is.", field="refund")
    if known.state is not RefundState.PENDING:
        raise Conflict(f"the refund is {known.state}.", field="refund")
    _end(order, OrderRefundPaid, refund, reference, at, fingerprint=fingerprint, transfer=reference)


def gone_of(order: OrderBase) -> list[RefundedLine]:
    """Return what has gone back of the lines of an order, or is on its way."""
    sent = [line for each in order.own_refunds if each.lives for line in each.lines]
    exchanged = [line for each in order.pending_exchanges for line in each.lines]
    return sent + exchanged + order.lessened_lines + order.returned_lines


def back_of(order: OrderBase) -> list[RefundedLine]:
    """Return what is back with the buyer of the lines of an order."""
    back = [each for each in order.own_refunds if each.state is RefundState.PAID]
    sent = [line for each in back for line in each.lines]
    return sent + order.lessened_lines + order.returned_lines


def asked_shares(
    order: OrderBase, lines: Sequence[AskedLine], amount: int | None
) -> list[RefundedLine]:
    """Return what goes back of the lines of what is asked. Raises Conflict and Invalid."""
    if lines and amount is not None:
        raise Invalid("give lines, or an amount: not both.", field="amount")
    left = _check_refundable(order) - order.not_passed_on
    gone = gone_of(order)
    if lines:
        shares = shares_of_lines(order.terms, gone, lines)
    elif amount is not None:
        if amount > left:
            raise _too_much(order, left, "amount")
        shares = shares_of_amount(order.terms, gone, amount)
    else:
        shares = shares_of_all(order.terms, gone)
    back = sum(each.amount for each in shares)
    if not 0 < back <= left:
        raise _too_much(order, left, "lines" if lines else "amount")
    return shares


def _check_refundable(order: OrderBase) -> int:
    """Return what can go back at most. Raises Conflict where nothing can."""
    if not (order.paid or order.owed):
        raise Conflict(f"the order is {order.payment_state}: nothing can go back.", field="id")
    if order.is_disputed:
        raise Conflict(
            "the order is disputed: its money goes back by the dispute, or not at all.", field="id"
        )
    known = order.refunds.keys() | order.returned.keys() | order.lessened.keys()
    if len(known) >= REFUNDS_PER_ORDER_MAX:
        raise Conflict(f"an order has at most {REFUNDS_PER_ORDER_MAX} refunds.", field="id")
    left = order.paid + order.owed - order.refunded
    if left <= 0:
        raise Conflict("all that was paid has gone back, or is on its way.", field="id")
    return left


def _too_much(order: OrderBase, left: int, field: str) -> Conflict:
    limit, currency = format_amount(left, order.terms.currency), order.terms.currency
    return Conflict(
        f"{field} must come to more than zero, at most the {limit} {currency} that were paid and "
        "have not gone back.",
        field=field,
    )


def ask(
    order: OrderBase,
    refund: str,
    amount: int,
    shares: list[RefundedLine],
    at: datetime,
    *,
    fingerprint: str = "",
    reason: str | None = None,
    of_return: str | None = None,
    of_exchange: bool = False,
) -> None:
    """Have an amount go back: what a provider was paid first, or what it has not captured, which is
    captured no more. The last fact has the reason."""
    to_send = min(amount, order.owed or max(0, order.collected - order.sent_back))
    sent, returned = divided(shares, to_send)
    to_return = amount - to_send if of_exchange else sum(each.amount for each in returned)
    if to_return:
        why = None if to_send else reason
        returned = taxed_shares(order.terms, back_of(order), returned)
        return_value(
            order,
            refund,
            to_return,
            returned,
            at,
            fingerprint=fingerprint,
            reason=why,
            of_return=of_return,
            of_exchange=of_exchange,
        )
    if not to_send:
        return
    if order.owed:
        sent = taxed_shares(order.terms, back_of(order), sent)
        lessen(order, refund, sent, at)
        return
    assert order.begun is not None
    order.trigger_event(
        OrderRefundRequested,
        timestamp=at,
        fingerprint=fingerprint,
        refund=refund,
        provider=order.begun.provider,
        payment=order.payment,
        money=Money(to_send, order.terms.currency),
        lines=sent,
        user=order.user,
        reason=reason,
        of_return=of_return,
        of_exchange=of_exchange,
    )


def _find(order: OrderBase, name: str, told: RefundChanged, at: datetime) -> None:
    assert order.begun is not None
    of_lines = order.paid - order.refunded - order.not_passed_on
    left = max(0, min(order.collected - order.sent_back, of_lines))
    known = min(told.money.amount, left) if told.payment == order.payment else 0
    order.trigger_event(
        OrderRefundFound,
        timestamp=at,
        refund=name,
        provider=order.begun.provider,
        payment=told.payment,
        money=told.money,
        lines=shares_of_amount(order.terms, gone_of(order), known),
    )


def _end(
    order: OrderBase,
    kind: type[OrderRefundPaid] | type[OrderRefundFailed],
    refund: str,
    number: str,
    at: datetime,
    **more: object,
) -> None:
    assert order.begun is not None
    known, after = order.refunds[refund], copy.copy(order)
    is_paid = kind is OrderRefundPaid
    state = RefundState.PAID if is_paid else RefundState.FAILED
    lines = taxed_shares(order.terms, back_of(order), known.lines) if is_paid else known.lines
    after.refunds = moved(order, refund, state, number)
    order.trigger_event(
        kind,
        timestamp=at,
        refund=refund,
        provider=order.begun.provider,
        payment=known.payment,
        money=Money(known.amount, known.currency),
        lines=lines,
        number=number,
        status=after.status,
        payment_status=after.payment_state,
        user=order.user,
        of_exchange=known.of_exchange,
        **more,
    )


def _name_of(order: OrderBase, told: RefundChanged) -> str:
    """Return how a refund is called here: by our id if we asked for it, else by the provider's."""
    if told.refund_asked is not None and told.refund_asked in order.refunds:
        return told.refund_asked
    numbers = {each.number: name for name, each in order.refunds.items()}
    return numbers.get(told.refund, told.refund)
