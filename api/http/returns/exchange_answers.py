"""Answers about exchanges: what has come back, what is new for it, and what one is worth more than
the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of
from api.http.ordering.answers.order_refunds import RefundedLineAnswer, line_answers
from api.http.ordering.answers.orders import PlacedOrderAnswer, placed_answer
from api.queries.ordering.exchanges import FoundExchange
from api.queries.ordering.orders import FoundOrder
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time
from ledger.ordering.order_base import ExchangeState, RefundedLine


class MadeExchangeAnswer(Answer):
    """How a return would be exchanged, or was (`is_done`): what has come, of `lines`, is worth its
    `value`, and what is new costs its `total`. The `difference` is left to pay, or with a minus
    goes back by `refund`. `new_order` was placed."""

    order: str
    order_return: str
    is_done: bool
    lines: list[RefundedLineAnswer]
    value: Amount
    total: Amount
    difference: str
    currency: str
    exchange: str | None
    refund: str | None
    new_order: PlacedOrderAnswer | None


class ExchangeAnswer(Answer):
    """What of an order pays a new one: `pending` until that is confirmed, `done`, or `ended` where
    it was given up first. `given_back`: what of the `amount` the new order has given back, which
    goes on to the buyer by refunds of this one."""

    id: str
    order_return: str
    new_order: str
    status: Annotated[str, one_of(ExchangeState)]
    amount: Amount
    given_back: Amount
    currency: str
    begun_at: Time


class ExchangesAnswer(Answer):
    """Every exchange of an order, those that began first first."""

    data: list[ExchangeAnswer]


def made_answer(
    found: FoundOrder,
    order_return: str,
    lines: Sequence[RefundedLine],
    total: int,
    *,
    exchange: str | None = None,
    refund: str | None = None,
    new_order: FoundOrder | None = None,
) -> MadeExchangeAnswer:
    """Return an exchange as it is answered; without a new order it is not done."""
    value, currency = sum(each.amount for each in lines), found.currency
    return MadeExchangeAnswer(
        found.id,
        order_return,
        new_order is not None,
        line_answers(lines, currency),
        format_amount(value, currency),
        format_amount(total, currency),
        format_amount(total - value, currency),
        currency,
        exchange,
        refund,
        None if new_order is None else placed_answer(new_order, None),
    )


def exchange_answer(found: FoundExchange) -> ExchangeAnswer:
    """Return an exchange of a list as it is answered."""
    return ExchangeAnswer(
        found.id,
        found.order_return,
        found.new_order,
        found.state.value,
        format_amount(found.amount, found.currency),
        format_amount(found.given_back, found.currency),
        found.currency,
        format_time(found.begun_us),
    )
