"""Answers about refunds."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from api.http.purchases.answers.purchases import MoneyAnswer, money_answer
from api.queries.purchases.refunds import FoundRefund
from ledger.kernel.money import format_credits
from ledger.kernel.times import format_time
from ledger.purchases.notice import Money, RefundState


class RefundAnswer(Answer):
    """A refund that was asked for: so many credits are set aside until the money is back with the
    buyer."""

    refund: str
    purchase: str
    amount: MoneyAnswer
    credits: Amount
    requested_at: Time


class ListedRefundAnswer(Answer):
    """A refund: asked for here, or found at the provider's, whose id of it is `number`. `code`: why
    it failed."""

    refund: str
    purchase: str
    user: str
    status: Annotated[str, one_of(RefundState)]
    origin: str | None
    amount: MoneyAnswer
    credits: Amount | None
    number: str | None
    code: str | None
    asked_at: Time
    ended_at: Time | None


def refund_answer(found: FoundRefund) -> ListedRefundAnswer:
    """Return a refund as it is answered."""
    return ListedRefundAnswer(
        found.refund,
        found.purchase,
        found.owner,
        found.status,
        found.origin,
        money_answer(Money(found.amount, found.currency)),
        None if found.credits is None else format_credits(found.credits),
        found.number,
        found.code,
        format_time(found.asked_us),
        time_or_null(found.ended_us),
    )
