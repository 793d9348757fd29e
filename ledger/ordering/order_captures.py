"""The captures of an order: money that a bank keeps for it is taken once, before goods leave, or
let go, all of it.

What is taken out of an order before is captured no more; what its provider tells late or twice
changes nothing.
"""

from __future__ import annotations

import copy
from datetime import datetime
from typing import ClassVar

from ledger.kernel.errors import Conflict
from ledger.kernel.limits import AUTHORISATION_US
from ledger.ordering.authorisation import Authorisation, AuthorisationState, moved_to
from ledger.ordering.order_base import Lessening, OrderBase, OrderFact, RefundedLine
from ledger.ordering.order_payments import Stray, fail_payment, money_of
from ledger.ordering.order_status import PaymentState
from ledger.purchases.notice import Money, PaymentAuthorised, PaymentFailed


class NotCaptured(Conflict):
    """The money of an order is kept for it by a bank, and is not here: no goods of it leave."""


class OrderPaymentAuthorised(OrderFact):
    """A bank keeps the money for the order, which takes it when it is sent. `payment` is the
    provider's id; `customer` and `method`: what it is paid with, where that can be charged again;
    `expires_us`: until when the bank keeps it, where that is known."""

    TOPIC: ClassVar[str] = "ordering.OrderPaymentAuthorised"
    provider: str
    payment: str
    money: Money
    customer: str | None = None
    method: str | None = None
    expires_us: int | None = None

    def apply(self, aggregate: OrderBase) -> None:
        until_us = self.expires_us or self.recorded_us + AUTHORISATION_US
        kept = Authorisation(self.money.amount, self.money.currency, until_us)
        aggregate.authorisations = {**aggregate.authorisations, self.payment: kept}
        aggregate.authorised = self.payment
        aggregate.is_undecided = False


class StrayAuthorised(OrderFact):
    """A bank keeps money that the order does not take: it is let go."""

    TOPIC: ClassVar[str] = "ordering.StrayAuthorised"
    provider: str
    payment: str
    money: Money
    why: Stray

    def apply(self, aggregate: OrderBase) -> None:
        amount, currency = self.money.amount, self.money.currency
        kept = Authorisation(amount, currency, self.recorded_us, AuthorisationState.VOIDING)
        aggregate.authorisations = {**aggregate.authorisations, self.payment: kept}
        aggregate.is_undecided = False


class OrderCaptureRequested(OrderFact):
    """The money is to be taken: what of it the order still comes to."""

    TOPIC: ClassVar[str] = "ordering.OrderCaptureRequested"
    provider: str
    payment: str
    money: Money

    def apply(self, aggregate: OrderBase) -> None:
        capturing = AuthorisationState.CAPTURING
        aggregate.authorisations = moved_to(aggregate.authorisations, self.payment, capturing)


class OrderCaptureRefused(OrderFact):
    """The provider does not take the money, which the bank still keeps: it can be asked for again,
    or let go. `code` is ours."""

    TOPIC: ClassVar[str] = "ordering.OrderCaptureRefused"
    provider: str
    payment: str
    code: str

    def apply(self, aggregate: OrderBase) -> None:
        still = AuthorisationState.OPEN
        aggregate.authorisations = moved_to(aggregate.authorisations, self.payment, still)


class OrderVoidRequested(OrderFact):
    """The money is not wanted any more: its bank is to let it go."""

    TOPIC: ClassVar[str] = "ordering.OrderVoidRequested"
    provider: str
    payment: str
    money: Money

    def apply(self, aggregate: OrderBase) -> None:
        voiding = AuthorisationState.VOIDING
        aggregate.authorisations = moved_to(aggregate.authorisations, self.payment, voiding)


class OrderPaymentVoided(OrderFact):
    """The bank keeps the money no more, and none came. `code` is the provider's reason;
    `payment_status`: that of the order from now on."""

    TOPIC: ClassVar[str] = "ordering.OrderPaymentVoided"
    provider: str
    payment: str
    money: Money
    code: str
    payment_status: PaymentState

    def apply(self, aggregate: OrderBase) -> None:
        gone = AuthorisationState.GONE
        aggregate.authorisations = moved_to(aggregate.authorisations, self.payment, gone)


class OrderLessened(OrderFact):
    """So much of the money is captured no more, as that of the lines is not bought any more.
    `payment_status`: that of the order from now on."""

    TOPIC: ClassVar[str] = "ordering.OrderLessened"
    refund: str
    provider: str
    money: Money
    lines: list[RefundedLine]
    payment_status: PaymentState
    user: str | None = None

    def apply(self, aggregate: OrderBase) -> None:
        less = Lessening(self.money.amount, self.lines)
        aggregate.lessened = {**aggregate.lessened, self.refund: less}


def authorise(order: OrderBase, told: PaymentAuthorised, at: datetime) -> None:
    """Record that a bank keeps its money."""
    order.trigger_event(
        OrderPaymentAuthorised,
        timestamp=at,
        provider=_provider_of(order),
        payment=told.payment,
        money=told.money,
        customer=told.customer,
        method=told.method,
        expires_us=told.expires_us,
    )


def let_go(order: OrderBase, told: PaymentAuthorised, why: Stray, at: datetime) -> None:
    """Record that a bank keeps money that is to be let go."""
    order.trigger_event(
        StrayAuthorised,
        timestamp=at,
        provider=_provider_of(order),
        payment=told.payment,
        money=told.money,
        why=why,
    )


def check_captured(order: OrderBase) -> None:
    """Refuse goods to leave whose money is not here. Raises NotCaptured where it can be captured,
    and Conflict."""
    if not order.owed:
        return
    if order.authorisation is not None:
        raise NotCaptured("the money of the order is not captured yet: capture it.", field="id")
    raise Conflict(
        "the bank does not keep the money of the order any more, and nothing of it came: cancel "
        "the order, and have the buyer place another.",
        field="id",
    )


def check_refund_captured(order: OrderBase) -> None:
    """Refuse to give back what never came. Raises Conflict."""
    if order.owed:
        raise Conflict(
            f"the order is {order.payment_state}: none of its money came, so none goes back. Take "
            "units out of it by an edit, or cancel it.",
            field="id",
        )


def check_not_capturing(order: OrderBase) -> None:
    """Refuse to change what an order comes to while that is being captured. Raises Conflict."""
    kept = order.authorisation
    if kept is not None and kept.state is AuthorisationState.CAPTURING:
        raise Conflict(
            "the money of the order is being captured: send this again once it is.", field="id"
        )


def request_capture(order: OrderBase, at: datetime) -> None:
    """Ask for the money, once. Raises Conflict where there is none to ask for."""
    kept = order.authorisation
    if kept is None and order.is_paid and order.payment == order.authorised:
        return
    if kept is None or not order.owed:
        raise Conflict(
            f"the order is {order.payment_state}: there is nothing to capture.", field="id"
        )
    if kept.state is AuthorisationState.OPEN:
        order.trigger_event(
            OrderCaptureRequested,
            timestamp=at,
            provider=_provider_of(order),
            payment=order.authorised,
            money=money_of(order),
        )


def refuse_capture(order: OrderBase, payment: str, code: str, at: datetime) -> None:
    """Record that the provider does not take what was asked for, once."""
    kept = order.authorisations.get(payment)
    if kept is not None and kept.state is AuthorisationState.CAPTURING:
        order.trigger_event(
            OrderCaptureRefused,
            timestamp=at,
            provider=_provider_of(order),
            payment=payment,
            code=code,
        )


def hear_end(order: OrderBase, told: PaymentFailed, at: datetime) -> None:
    """Take in that no money comes, once: an authorisation is gone, or nobody has paid."""
    kept = order.authorisations.get(told.payment or "")
    if kept is None:
        fail_payment(order, told.code, at)
    elif kept.lives:
        after = copy.copy(order)
        gone = AuthorisationState.GONE
        after.authorisations = moved_to(order.authorisations, str(told.payment), gone)
        order.trigger_event(
            OrderPaymentVoided,
            timestamp=at,
            provider=_provider_of(order),
            payment=told.payment,
            money=Money(kept.amount, kept.currency),
            code=told.code,
            payment_status=after.payment_state,
        )


def lessen(order: OrderBase, refund: str, lines: list[RefundedLine], at: datetime) -> None:
    """Have so much less be captured; where nothing is left of it, let it go."""
    amount = sum(each.amount for each in lines)
    after = copy.copy(order)
    after.lessened = {**order.lessened, refund: Lessening(amount, lines)}
    order.trigger_event(
        OrderLessened,
        timestamp=at,
        refund=refund,
        provider=_provider_of(order),
        money=Money(amount, order.terms.currency),
        lines=lines,
        payment_status=after.payment_state,
        user=order.user,
    )
    kept = order.authorisation
    if kept is not None and kept.state is AuthorisationState.OPEN and not order.owed:
        order.trigger_event(
            OrderVoidRequested,
            timestamp=at,
            provider=_provider_of(order),
            payment=order.authorised,
            money=Money(kept.amount, kept.currency),
        )


def _provider_of(order: OrderBase) -> str:
    assert order.begun is not None  # it was paid by somebody
    return order.begun.provider
