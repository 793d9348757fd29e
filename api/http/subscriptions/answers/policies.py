"""Answers about what an org has decided of subscriptions."""

from __future__ import annotations

from api.http.answers import Amount, Answer
from ledger.kernel.money import format_credits
from ledger.subscriptions.policy import Policy


class SubscriptionPolicyAnswer(Answer):
    """What an org has decided of subscriptions: whether the credits of a period come with its
    invoice, or when that is paid; how many days after it was due it is tried again, and after how
    many what is not paid ends; how many credits of overage are billed before the period ends; null:
    none are."""

    credits_at_once: bool
    retry_days: list[int]
    end_days: int
    interim_credits: Amount | None


def policy_answer(policy: Policy) -> SubscriptionPolicyAnswer:
    """Return what an org has decided as it is answered."""
    dunning = policy.dunning
    return SubscriptionPolicyAnswer(
        policy.credits_at_once,
        dunning.retry_days,
        dunning.end_days,
        None if policy.interim is None else format_credits(policy.interim),
    )
