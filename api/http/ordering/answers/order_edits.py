"""Answers about edits of an order: what is taken out, what is added, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence

from api.http.answers import Amount, Answer
from api.http.ordering.answers.order_refunds import RefundedLineAnswer, line_answers
from api.http.ordering.answers.orders import PlacedOrderAnswer, placed_answer
from api.queries.ordering.orders import FoundOrder
from ledger.kernel.money import format_amount
from ledger.ordering.order_base import RefundedLine


class OrderEditAnswer(Answer):
    """How an order would be edited, or was (`is_done`): `refunded` goes back of the lines that are
    `taken` out, by `refund`, what is added comes to `total`, and is the order `added`. The
    `difference` is what it all costs more than before, or with a minus less."""

    order: str
    is_done: bool
    taken: list[RefundedLineAnswer]
    refunded: Amount
    total: Amount
    difference: str
    currency: str
    refund: str | None
    added: PlacedOrderAnswer | None


def edit_answer(
    found: FoundOrder,
    taken: Sequence[RefundedLine],
    difference: int,
    *,
    refund: str | None = None,
    added: FoundOrder | None = None,
) -> OrderEditAnswer:
    """Return an edit as it is answered; without a refund and an order that was added it is not
    done."""
    back, currency = sum(each.amount for each in taken), found.currency
    return OrderEditAnswer(
        found.id,
        refund is not None or added is not None,
        line_answers(taken, currency),
        format_amount(back, currency),
        format_amount(difference + back, currency),
        format_amount(difference, currency),
        currency,
        refund,
        None if added is None else placed_answer(added, None),
    )
