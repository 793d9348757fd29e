"""The summary `customers`: what each customer has bought in each currency, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.customers.customer_facts import CustomerMet
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.ordering.line_moves import line_moves_of
from ledger.ordering.order_captures import OrderLessened
from ledger.ordering.order_facts import OrderConfirmed
from ledger.ordering.order_refunds import OrderRefundFailed, OrderRefundPaid
from ledger.ordering.past_order_facts import OrderImported
from ledger.ordering.past_terms import is_sold
from ledger.ordering.value_returns import OrderValueReturned
from projections.changes import Change, summary_of
from projections.summary import Sum

NO_CURRENCY = ""
"""Of the row that says only since when a customer is known."""


class CustomerRow(NamedTuple):
    """A customer: how many orders were confirmed, what they came to, and what of that went back, in
    the currency's smallest unit. `known_us`: since when there is a profile or an address."""

    org: str
    owner: str
    currency: str
    orders: Sum
    spent: Sum
    refunded: Sum
    known_us: int | None
    first_order_us: int | None
    last_order_us: int | None
    sequence: int


@ByType
def changes_of(fact: Fact) -> list[Change]:
    """Return what a fact says of a customer; most kinds of facts say nothing."""
    return []


@changes_of.register
def _met(fact: CustomerMet) -> list[Change]:
    return _of(name_of(fact.originator_id), NO_CURRENCY, known_us=fact.recorded_us)


@changes_of.register
def _bought(fact: OrderConfirmed) -> list[Change]:
    return _of(
        fact.user,
        fact.currency,
        orders=1,
        spent=sum(move.total for move in line_moves_of(fact)),
        first_order_us=fact.recorded_us,
        last_order_us=fact.recorded_us,
    )


@changes_of.register
def _was_bought(fact: OrderImported) -> list[Change]:
    if not is_sold(fact.status):
        return []
    return _of(
        fact.user,
        fact.terms.currency,
        orders=1,
        spent=fact.terms.to_pay,
        refunded=fact.refunded,
        first_order_us=fact.placed_us,
        last_order_us=fact.placed_us,
    )


@changes_of.register
def _went_back(fact: OrderRefundPaid) -> list[Change]:
    return _back(fact, fact.money.currency, 1)


@changes_of.register
def _lessened(fact: OrderLessened) -> list[Change]:
    return _back(fact, fact.money.currency, 1)


@changes_of.register
def _returned(fact: OrderValueReturned) -> list[Change]:
    return _back(fact, fact.currency, 1)


@changes_of.register
def _value_went_back(fact: OrderValueReturned) -> list[Change]:
    """To a gift card or a store credit."""
    amount = sum(line.amount for line in fact.lines)
    return _of(fact.user, fact.currency, refunded=amount) if amount else []


@changes_of.register
def _came_back(fact: OrderRefundFailed) -> list[Change]:
    return _back(fact, fact.money.currency, -1) if fact.was_paid else []


def _back(
    fact: OrderRefundPaid | OrderRefundFailed | OrderValueReturned | OrderLessened,
    currency: str,
    sign: int,
) -> list[Change]:
    """Return what went back of an order, or was never captured: money that it did not take is of no
    line."""
    amount = sum(line.amount for line in fact.lines)
    return _of(fact.user, currency, refunded=sign * amount) if amount else []


def _of(user: str | None, currency: str, **values: int) -> list[Change]:
    return [] if user is None else [Change((user, currency), values)]


READ_MODEL = summary_of(
    "customers",
    CustomerRow,
    changes_of,
    3,
    firsts=frozenset({"known_us"}),
    least=frozenset({"first_order_us"}),
    greatest=frozenset({"last_order_us"}),
)
