"""Answers about what an org has decided of purchases."""

from __future__ import annotations

from api.http.answers import Amount, Answer
from ledger.kernel.money import format_credits
from ledger.purchases.policy import Policy


class PolicyAnswer(Answer):
    """What an org has decided of purchases: for how many days they can be refunded; beyond how many
    in an hour, or how much bought in 24 hours, a person must look, and whether their credits come
    only then; whether evidence against disputes is sent without being asked."""

    refund_days: int
    hourly: int
    daily_credits: Amount
    holds_back: bool
    sends_evidence: bool


def policy_answer(policy: Policy) -> PolicyAnswer:
    """Return what an org has decided as it is answered."""
    return PolicyAnswer(
        policy.refund_days,
        policy.hourly,
        format_credits(policy.daily_credits),
        policy.holds_back,
        policy.sends_evidence,
    )
