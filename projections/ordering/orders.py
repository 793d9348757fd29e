"""The summary `orders`: each order, where it and its money are, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.ordering.order_captures import (
    OrderLessened,
    OrderPaymentAuthorised,
    OrderPaymentVoided,
)
from ledger.ordering.order_exchanges import OrderExchangeReturned
from ledger.ordering.order_facts import (
    OrderCancelled,
    OrderConfirmed,
    OrderPlaced,
    OrderProgressed,
)
from ledger.ordering.order_payments import (
    OrderDisputed,
    OrderPaid,
    OrderPaymentBegun,
    OrderPaymentExpired,
    OrderPaymentFailed,
)
from ledger.ordering.order_refunds import OrderRefundFailed, OrderRefundPaid
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.past_order_facts import OrderImported
from ledger.ordering.value_payment import paid_by_kind
from ledger.ordering.value_returns import OrderValueReturned
from ledger.stored_value.value_source import SourceKind
from projections.changes import Change, summary_of


class OrderRow(NamedTuple):
    """An order: `subtotal - discount = total`, in the currency's smallest unit. `owner` is the
    user; none: a guest. `ended_us`: when its payment failed, or it was cancelled; `gift_cards` and
    `store_credit`: what of the total they pay."""

    org: str
    order_id: str
    owner: str | None
    number: str | None
    status: str | None
    payment_status: str | None
    provider: str | None
    currency: str | None
    subtotal: int | None
    discount: int | None
    total: int | None
    lines: int | None
    cart: str | None
    code: str | None
    placed_us: int | None
    paid_us: int | None
    confirmed_us: int | None
    ended_us: int | None
    gift_cards: int | None
    store_credit: int | None
    sequence: int


@ByType
def changes_of(fact: Fact) -> list[Change]:
    """Return what a fact says of an order; most kinds of facts say nothing."""
    return []


@changes_of.register
def _placed(fact: OrderPlaced) -> list[Change]:
    terms = fact.terms
    paid = PaymentState.UNPAID if terms.to_pay else PaymentState.PAID
    return _of(
        fact,
        owner=fact.user,
        status=OrderStatus.PENDING.value,
        payment_status=paid.value,
        currency=terms.currency,
        subtotal=terms.subtotal,
        discount=terms.discount,
        total=terms.to_pay,
        lines=len(terms.lines),
        cart=fact.cart.id if fact.cart else None,
        placed_us=fact.recorded_us,
        gift_cards=paid_by_kind(fact.paid_from, SourceKind.GIFT_CARD) or None,
        store_credit=paid_by_kind(fact.paid_from, SourceKind.STORE_CREDIT) or None,
    )


@changes_of.register
def _imported(fact: OrderImported) -> list[Change]:
    terms = fact.terms
    return _of(
        fact,
        owner=fact.user,
        number=fact.number,
        status=fact.status.value,
        payment_status=fact.payment_status.value,
        currency=terms.currency,
        subtotal=terms.subtotal,
        discount=terms.discount,
        total=terms.to_pay,
        lines=len(terms.lines),
        placed_us=fact.placed_us,
        paid_us=fact.paid_us,
        confirmed_us=fact.placed_us,
        ended_us=fact.ended_us,
    )


@changes_of.register
def _begun(fact: OrderPaymentBegun) -> list[Change]:
    return _of(fact, provider=fact.begun.provider)


@changes_of.register
def _paid(fact: OrderPaid) -> list[Change]:
    paid_us = fact.recorded_us if fact.paid_us is None else fact.paid_us
    return _of(fact, payment_status=PaymentState.PAID.value, paid_us=paid_us)


@changes_of.register
def _authorised(fact: OrderPaymentAuthorised) -> list[Change]:
    return _of(fact, payment_status=PaymentState.AUTHORISED.value)


@changes_of.register
def _voided(fact: OrderPaymentVoided) -> list[Change]:
    return _of(fact, payment_status=fact.payment_status.value)


@changes_of.register
def _lessened(fact: OrderLessened) -> list[Change]:
    return _of(fact, payment_status=fact.payment_status.value)


@changes_of.register
def _confirmed(fact: OrderConfirmed) -> list[Change]:
    status = OrderStatus.CONFIRMED.value
    return _of(fact, status=status, number=fact.number, confirmed_us=fact.recorded_us)


@changes_of.register
def _failed(fact: OrderPaymentFailed) -> list[Change]:
    status = OrderStatus.PAYMENT_FAILED.value
    return _of(fact, status=status, code=fact.code, ended_us=fact.recorded_us)


@changes_of.register
def _expired(fact: OrderPaymentExpired) -> list[Change]:
    return _of(fact, status=OrderStatus.PAYMENT_FAILED.value, ended_us=fact.recorded_us)


@changes_of.register
def _cancelled(fact: OrderCancelled) -> list[Change]:
    return _of(fact, status=OrderStatus.CANCELLED.value, ended_us=fact.recorded_us)


@changes_of.register
def _progressed(fact: OrderProgressed) -> list[Change]:
    return _of(fact, status=fact.status.value)


@changes_of.register
def _refunded(fact: OrderRefundPaid) -> list[Change]:
    return _stands(fact)


@changes_of.register
def _came_back(fact: OrderRefundFailed) -> list[Change]:
    return _stands(fact)


@changes_of.register
def _returned(fact: OrderValueReturned) -> list[Change]:
    return _stands(fact)


@changes_of.register
def _given_back(fact: OrderExchangeReturned) -> list[Change]:
    return _stands(fact)


@changes_of.register
def _disputed(fact: OrderDisputed) -> list[Change]:
    return _of(fact, payment_status=fact.payment_status.value)


def _stands(
    fact: OrderRefundPaid | OrderRefundFailed | OrderValueReturned | OrderExchangeReturned,
) -> list[Change]:
    return _of(fact, status=fact.status.value, payment_status=fact.payment_status.value)


def _of(fact: Fact, **values: object) -> list[Change]:
    return [Change((name_of(fact.originator_id),), values)]


FIRSTS = frozenset(
    {"owner", "currency", "subtotal", "discount", "total", "lines", "cart", "placed_us"}
    | {"gift_cards", "store_credit"}
)

READ_MODEL = summary_of("orders", OrderRow, changes_of, 2, FIRSTS)
