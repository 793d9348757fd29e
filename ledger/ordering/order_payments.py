"""The payments of an order: begun, opened, and then paid, failed or expired, each once.

What comes late or twice changes nothing, and money that the order does not take goes back.
"""

from __future__ import annotations

import copy
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from ledger.kernel.errors import Conflict
from ledger.kernel.times import microseconds
from ledger.ordering.authorisation import AuthorisationState, moved_to
from ledger.ordering.capture import Capture
from ledger.ordering.order_base import (
    BegunPayment,
    Captured,
    OrderBase,
    OrderFact,
    OrderRefund,
    PaidFact,
)
from ledger.ordering.order_payment_name import payment_name
from ledger.ordering.order_status import OPEN, OrderStatus, PaymentState
from ledger.purchases.notice import (
    DisputeChanged,
    DisputeState,
    Money,
    PaymentPaid,
    RefundState,
)
from ledger.purchases.purchase_base import MANUAL, Page, SavedMethod

_CAPTURED = AuthorisationState.CAPTURED


class Stray(StrEnum):
    """Why an order does not take money that came for it."""

    OTHER_MONEY = "other_money"
    """It is another amount, or another currency, than the order comes to."""

    PAID_TWICE = "paid_twice"
    CANCELLED = "cancelled"

    TOO_LATE = "too_late"
    """What the order held was released before, and cannot be had again."""


class OrderPaymentBegun(OrderFact):
    """The buyer is about to pay."""

    TOPIC: ClassVar[str] = "ordering.OrderPaymentBegun"
    money: Money
    begun: BegunPayment

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.begun = self.begun
        aggregate.is_undecided = self.begun.provider != MANUAL


class OrderPageOpened(OrderFact):
    """The provider has a page on which it is paid."""

    TOPIC: ClassVar[str] = "ordering.OrderPageOpened"
    session: str
    url: str
    expires_us: int

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.session, aggregate.url = self.session, self.url


class OrderPaid(PaidFact):
    """The money came in, and the order takes it. `payment` is the provider's id, or the reference
    of a transfer; `customer` and `method`: what it was paid with, where that can be charged again;
    `paid_us`: when, where that was earlier."""

    TOPIC: ClassVar[str] = "ordering.OrderPaid"
    fingerprint: str
    provider: str
    payment: str
    money: Money
    customer: str | None = None
    method: str | None = None
    paid_us: int | None = None

    def apply(self, aggregate: OrderBase) -> None:
        taken = Captured(self.money.amount, self.money.currency)
        aggregate.captured = {**aggregate.captured, self.payment: taken}
        aggregate.authorisations = moved_to(aggregate.authorisations, self.payment, _CAPTURED)
        aggregate.payment = self.payment
        aggregate.is_undecided = False


class StrayMoneyCame(PaidFact):
    """Money came in that the order does not take: all of it goes back by `refund`."""

    TOPIC: ClassVar[str] = "ordering.StrayMoneyCame"
    fingerprint: str
    provider: str
    payment: str
    money: Money
    why: Stray
    refund: str

    def apply(self, aggregate: OrderBase) -> None:
        amount, currency = self.money.amount, self.money.currency
        came = Captured(amount, currency, is_stray=True)
        back = OrderRefund(self.payment, amount, currency, [], RefundState.PENDING, is_stray=True)
        aggregate.captured = {**aggregate.captured, self.payment: came}
        aggregate.authorisations = moved_to(aggregate.authorisations, self.payment, _CAPTURED)
        aggregate.refunds = {**aggregate.refunds, self.refund: back}
        aggregate.is_undecided = False


class OrderPaymentFailed(OrderFact):
    """No money came in: what the order held is released. `code` is the provider's, or ours."""

    TOPIC: ClassVar[str] = "ordering.OrderPaymentFailed"
    code: str

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.stage = OrderStatus.PAYMENT_FAILED
        aggregate.is_undecided = False


class OrderPaymentExpired(OrderFact):
    """The time to pay is over: what the order held is released. Money may still come."""

    TOPIC: ClassVar[str] = "ordering.OrderPaymentExpired"

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.stage = OrderStatus.PAYMENT_FAILED


class OrderPaymentEnded(OrderFact):
    """The provider has said that no money comes, of an order that did not wait for it any more."""

    TOPIC: ClassVar[str] = "ordering.OrderPaymentEnded"
    code: str

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.is_undecided = False


class OrderDisputed(OrderFact):
    """The buyer's bank asks the money back, or has decided. `reason_code` is the provider's
    word."""

    TOPIC: ClassVar[str] = "ordering.OrderDisputed"
    provider: str
    dispute: str
    payment: str
    money: Money
    reason_code: str
    state: DisputeState
    payment_status: PaymentState
    was_open: bool = False
    evidence_due_us: int | None = None

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.disputes = {**aggregate.disputes, self.dispute: self.state}


GONE = "reservation_gone"
"""Our code of an order whose stock was released by somebody else before it was paid."""


def money_of(order: OrderBase) -> Money:
    """Return the money that has to come in for an order: what of it is not captured any more does
    not."""
    return Money(order.to_collect - order.less, order.terms.currency)


def begin_payment(
    order: OrderBase,
    provider: str,
    at: datetime,
    *,
    page: Page | None = None,
    method: SavedMethod | None = None,
    capture: Capture = Capture.NOW,
) -> None:
    """Record how it is paid what gift cards and store credit leave."""
    begun = BegunPayment(
        name=payment_name(order.id_in_org),
        provider=provider,
        page=page,
        method=method,
        capture=capture,
    )
    money = money_of(order)
    order.trigger_event(OrderPaymentBegun, timestamp=at, money=money, begun=begun)


def open_page(order: OrderBase, session: str, url: str, expires_us: int, at: datetime) -> None:
    """Record the page on which it is paid, once."""
    if order.session is None:
        order.trigger_event(
            OrderPageOpened, timestamp=at, session=session, url=url, expires_us=expires_us
        )


def check_transfer(order: OrderBase) -> None:
    """Raise Conflict where a person cannot say that an order's money came."""
    if order.begun is None or order.begun.provider != MANUAL:
        how = "has nothing to pay" if order.begun is None else f"is paid by {order.begun.provider}"
        raise Conflict(f"the order {how}: no transfer pays it.", field="id")
    if order.is_paid:
        raise Conflict("the order is paid already.", field="id")


def why_stray(order: OrderBase, payment: str, money: Money) -> Stray | None:
    """Return why an order cannot take the money of a payment, as far as it knows by itself; None:
    it can, if it has or gets what it sells."""
    is_others = order.authorisation is not None and order.authorised != payment
    if order.is_paid or is_others:
        return Stray.PAID_TWICE
    if order.stage is OrderStatus.CANCELLED:
        return Stray.CANCELLED
    if money != money_of(order):
        return Stray.OTHER_MONEY
    return None


def take_money(
    order: OrderBase,
    told: PaymentPaid,
    at: datetime,
    *,
    fingerprint: str = "",
    transfer: str | None = None,
    paid_us: int | None = None,
) -> None:
    """Record that its money came in."""
    assert order.begun is not None
    order.trigger_event(
        OrderPaid,
        timestamp=at,
        fingerprint=fingerprint,
        provider=order.begun.provider,
        payment=told.payment,
        money=told.money,
        customer=told.customer,
        method=told.method,
        paid_us=paid_us,
        transfer=transfer,
    )


def return_money(
    order: OrderBase,
    told: PaymentPaid,
    why: Stray,
    at: datetime,
    *,
    fingerprint: str = "",
    transfer: str | None = None,
) -> None:
    """Record that money came in that goes back, all of it."""
    assert order.begun is not None
    order.trigger_event(
        StrayMoneyCame,
        timestamp=at,
        fingerprint=fingerprint,
        provider=order.begun.provider,
        payment=told.payment,
        money=told.money,
        why=why,
        refund=f"{order.id_in_org}-stray-{len(order.captured) + 1}",
        transfer=transfer,
    )


def fail_payment(order: OrderBase, code: str, at: datetime) -> None:
    """Record that no money comes in, once."""
    if order.status in OPEN:
        order.trigger_event(OrderPaymentFailed, timestamp=at, code=code)
    elif order.is_undecided:
        order.trigger_event(OrderPaymentEnded, timestamp=at, code=code)


def expire_payment(order: OrderBase, at: datetime) -> None:
    """Record that the time to pay is over, once it is."""
    if order.status in OPEN and order.ends_us <= microseconds(at):
        order.trigger_event(OrderPaymentExpired, timestamp=at)


def hear_dispute(order: OrderBase, told: DisputeChanged, at: datetime) -> None:
    """Take in that the buyer's bank asks money back, or has decided; what has ended stays so."""
    known = order.disputes.get(told.dispute)
    if told.payment not in order.captured or known is told.state:
        return
    if known not in (None, DisputeState.OPEN) or order.begun is None:
        return
    if known is None and told.state is DisputeState.LOST:  # it was opened without our hearing of it
        hear_dispute(order, msgspec.structs.replace(told, state=DisputeState.OPEN), at)
        known = DisputeState.OPEN
    after = copy.copy(order)
    after.disputes = {**order.disputes, told.dispute: told.state}
    order.trigger_event(
        OrderDisputed,
        timestamp=at,
        provider=order.begun.provider,
        dispute=told.dispute,
        payment=told.payment,
        money=told.money,
        reason_code=told.reason,
        state=told.state,
        payment_status=after.payment_state,
        was_open=known is DisputeState.OPEN,
        evidence_due_us=told.evidence_due_us,
    )
