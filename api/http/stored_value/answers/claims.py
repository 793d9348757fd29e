"""Answers about claims, and about changes of what is stored."""

from __future__ import annotations

from api.commands.result import StoredFact
from api.http.answers import Amount, Answer, Time, time_or_null
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time
from ledger.stored_value.value_base import ClaimFact
from ledger.stored_value.value_facts import ValueAdjusted, ValueClaimed, ValueGivenBack


class ClaimAnswer(Answer):
    """What an order has set aside, until `expires_at`."""

    order: str
    amount: Amount
    currency: str
    sequence: int
    expires_at: Time | None


class ClaimChangeAnswer(Answer):
    """What became of an order's claim: the amount was spent, released or has come back. The last
    may have the card be usable until `expires_at`; null: it is as it was."""

    order: str
    amount: Amount
    currency: str
    sequence: int
    expires_at: Time | None
    recorded_at: Time


class ValueAdjustmentAnswer(Answer):
    """By how much there is more, or below zero less, and why; an erased `reason` is null."""

    amount: Amount
    currency: str
    sequence: int
    order: str | None
    reason: str | None
    recorded_at: Time


def claim_answer(stored_fact: StoredFact) -> ClaimAnswer:
    """Return a claim as a fact has made it."""
    fact = stored_fact.fact
    assert isinstance(fact, ValueClaimed)
    return ClaimAnswer(
        fact.order,
        format_amount(fact.amount, fact.currency),
        fact.currency,
        stored_fact.sequence,
        time_or_null(fact.ends_us or None),
    )


def claim_change_answer(stored_fact: StoredFact) -> ClaimChangeAnswer:
    """Return what a fact says became of a claim."""
    fact = stored_fact.fact
    assert isinstance(fact, ClaimFact)
    return ClaimChangeAnswer(
        fact.order,
        format_amount(fact.amount, fact.currency),
        fact.currency,
        stored_fact.sequence,
        time_or_null(fact.expires_us if isinstance(fact, ValueGivenBack) else None),
        format_time(stored_fact.recorded_us),
    )


def adjustment_answer(stored_fact: StoredFact, reason: str | None) -> ValueAdjustmentAnswer:
    """Return what a person has changed."""
    fact = stored_fact.fact
    assert isinstance(fact, ValueAdjusted)
    return ValueAdjustmentAnswer(
        format_amount(fact.amount, fact.currency),
        fact.currency,
        stored_fact.sequence,
        fact.order,
        reason,
        format_time(stored_fact.recorded_us),
    )
