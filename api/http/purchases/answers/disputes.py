"""Answers about disputes."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from api.http.purchases.answers.purchases import MoneyAnswer, money_answer
from api.queries.purchases.disputes import FoundDispute
from ledger.kernel.money import format_credits
from ledger.kernel.times import format_time
from ledger.purchases.notice import DisputeState, Money


class DisputeAnswer(Answer):
    """A dispute: `reason` is the provider's word, `credits` what it took from the wallet until it
    is won. Until `evidence_due_at` something can be handed in; `evidence_taken_at`: when the
    provider last took what was."""

    dispute: str
    purchase: str
    user: str
    status: Annotated[str, one_of(DisputeState)]
    amount: MoneyAnswer
    credits: Amount | None
    reason: str | None
    opened_at: Time
    evidence_due_at: Time | None
    evidence_sent_at: Time | None
    evidence_taken_at: Time | None
    ended_at: Time | None


class EvidenceAnswer(Answer):
    """That what speaks against a dispute was recorded, to be handed on."""

    dispute: str
    purchase: str
    sent_at: Time


def dispute_answer(found: FoundDispute) -> DisputeAnswer:
    """Return a dispute as it is answered."""
    return DisputeAnswer(
        found.dispute,
        found.purchase,
        found.owner,
        found.status,
        money_answer(Money(found.amount, found.currency)),
        None if found.credits is None else format_credits(found.credits),
        found.reason,
        format_time(found.opened_us),
        time_or_null(found.evidence_due_us),
        time_or_null(found.evidence_us),
        time_or_null(found.evidence_taken_us),
        time_or_null(found.ended_us),
    )
