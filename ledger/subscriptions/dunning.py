"""Dunning: when money that did not come in is asked for again, and what becomes of a subscription
that is not paid."""

from __future__ import annotations

from ledger.kernel.times import DAY_US
from ledger.subscriptions.subscription_base import COLLECTED, Owed, Status, SubscriptionState

RETRY_DAYS = (3, 5, 7)
"""How long after the day on which it was due it is asked for again."""

END_DAYS = 14
"""How long after that day it ends; what is paid by invoice is past due then, and does not end."""

FINAL = frozenset({"lost_card", "stolen_card", "card_closed", "pickup_card", "account_closed"})
"""Why a payment method will never pay."""


def next_retry_us(due_us: int, failures: int) -> int | None:
    """Return when it is tried again after so many failures; None: it is not."""
    if failures > len(RETRY_DAYS):
        return None
    return due_us + RETRY_DAYS[failures - 1] * DAY_US


def deadline_us(now: SubscriptionState, owed: Owed) -> int | None:
    """Return until when a subscription waits for what is owed for a period, as it is now."""
    if owed.why not in COLLECTED or owed.charge is not None or owed.retry_us is not None:
        return None
    waits = now.status is (Status.PAST_DUE if owed.failures else Status.ACTIVE)
    return owed.due_us + END_DAYS * DAY_US if waits else None
