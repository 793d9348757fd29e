"""Answers about disputes of orders."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Answer, Time, one_of, time_or_null
from api.http.purchases.answers.purchases import MoneyAnswer, money_answer
from api.queries.ordering.disputes import FoundOrderDispute
from ledger.kernel.times import format_time
from ledger.purchases.notice import DisputeState, Money


class OrderDisputeAnswer(Answer):
    """A dispute of an order: `reason` is the provider's word. Until `evidence_due_at` something can
    be handed in; `evidence_taken_at`: when the provider last took what was. A guest's order has no
    `user`."""

    dispute: str
    order: str
    number: str | None
    user: str | None
    status: Annotated[str, one_of(DisputeState)]
    amount: MoneyAnswer
    reason: str | None
    opened_at: Time
    evidence_due_at: Time | None
    evidence_sent_at: Time | None
    evidence_taken_at: Time | None
    ended_at: Time | None


class OrderEvidenceAnswer(Answer):
    """That what speaks against a dispute was recorded, to be handed on."""

    dispute: str
    order: str
    sent_at: Time


def dispute_answer(found: FoundOrderDispute) -> OrderDisputeAnswer:
    """Return a dispute as it is answered."""
    return OrderDisputeAnswer(
        found.dispute,
        found.order_id,
        found.number,
        found.owner,
        found.status,
        money_answer(Money(found.amount, found.currency)),
        found.reason,
        format_time(found.opened_us),
        time_or_null(found.evidence_due_us),
        time_or_null(found.evidence_us),
        time_or_null(found.evidence_taken_us),
        time_or_null(found.ended_us),
    )
