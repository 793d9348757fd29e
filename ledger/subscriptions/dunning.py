"""Dunning: when money that did not come in is asked for again, and what becomes of a subscription
that is not paid."""

from __future__ import annotations

from ledger.kernel.times import DAY_US
from ledger.subscriptions.subscription_base import COLLECTED, Owed, Status, SubscriptionState

FINAL = frozenset({"lost_card", "stolen_card", "card_closed", "pickup_card", "account_closed"})
"""Why a payment method will never pay."""


def deadline_us(now: SubscriptionState, owed: Owed) -> int | None:
    """Return until when a subscription waits for what is owed for a period, as it is now."""
    if owed.why not in COLLECTED or owed.charge is not None or owed.retry_us is not None:
        return None
    waits = now.status is (Status.PAST_DUE if owed.failures else Status.ACTIVE)
    return owed.due_us + owed.dunning.end_days * DAY_US if waits else None
