"""Answers about the refunds of an order: what goes back, of which lines, and to what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of
from api.queries.ordering.orders import EXCHANGED, OrderRefund
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time
from ledger.ordering.order_base import RefundedLine
from ledger.ordering.value_payment import sum_of
from ledger.purchases.notice import RefundState
from ledger.stored_value.value_source import SourceKind, ValueSource


class RefundedLineAnswer(Answer):
    """What goes back of a line."""

    line: int
    sku: str
    units: int
    amount: Amount


class BackToAnswer(Answer):
    """What of a refund goes back to what, and whether it is there. `order`: the new one that it
    pays, or the one that it was exchanged for."""

    to: str
    gift_card: str | None
    order: str | None
    amount: Amount
    status: Annotated[str, one_of(RefundState)]


class OrderRefundAnswer(Answer):
    """Money of an order that goes back: to the provider first, then to store credit and gift cards,
    at once; `status` is that of what the provider sends. `why`: it was asked for, was found at the
    provider's, is money that the order did not take (`not_taken`), was `not_captured` and is not
    any more, pays a new order (`exchanged`), or is what that has given back (`come_back`)."""

    refund: str
    why: str
    status: Annotated[str, one_of(RefundState)]
    amount: Amount
    currency: str
    back_to: list[BackToAnswer]
    lines: list[RefundedLineAnswer]
    reason: str | None
    asked_at: Time


def refund_answer(refund: OrderRefund) -> OrderRefundAnswer:
    """Return a refund as it is answered."""
    return OrderRefundAnswer(
        refund.id,
        refund.why,
        refund.state,
        format_amount(refund.amount + sum_of(refund.values), refund.currency),
        refund.currency,
        _back_to(refund),
        [
            RefundedLineAnswer(
                each["line"],
                each["sku"],
                each["units"],
                format_amount(each["amount"], refund.currency),
            )
            for each in refund.all_lines
        ],
        refund.reason,
        format_time(refund.asked_us),
    )


def line_answers(lines: Iterable[RefundedLine], currency: str) -> list[RefundedLineAnswer]:
    """Return what goes back of lines, as it is answered."""
    return [
        RefundedLineAnswer(each.line, each.sku, each.units, format_amount(each.amount, currency))
        for each in lines
    ]


def named(source: ValueSource) -> tuple[str, str | None, str | None]:
    """Return what kind of source one is, and which gift card or order."""
    is_card, is_order = source.kind is SourceKind.GIFT_CARD, source.kind is SourceKind.EXCHANGE
    return source.field, source.name if is_card else None, source.name if is_order else None


def _back_to(refund: OrderRefund) -> list[BackToAnswer]:
    """Return what of a refund goes back to what, those first to which it goes first."""
    there = refund.state if refund.why == EXCHANGED else RefundState.PAID.value
    answers = [
        BackToAnswer(*named(each.of), format_amount(each.amount, refund.currency), there)
        for each in refund.values
    ]
    if refund.provider is not None:
        amount = format_amount(refund.amount, refund.currency)
        answers.insert(0, BackToAnswer(refund.provider, None, None, amount, refund.state))
    return answers
