"""Dunning: when money that did not come in is asked for again, when what is paid by invoice is
reminded of, and what becomes of a subscription that is not paid."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.times import DAY_US
from ledger.subscriptions.subscription_base import (
    COLLECTED,
    REMINDER_DAYS,
    Owed,
    Status,
    SubscriptionState,
)

FINAL = frozenset({"lost_card", "stolen_card", "card_closed", "pickup_card", "account_closed"})
"""Why a payment method will never pay."""


class DueReminder(NamedTuple):
    """When an invoice is reminded of, and which of its reminders that is, counted from one."""

    us: int
    number: int


def deadline_us(now: SubscriptionState, owed: Owed) -> int | None:
    """Return until when a subscription waits for what is owed for a period, as it is now."""
    if owed.why not in COLLECTED or owed.charge is not None or owed.retry_us is not None:
        return None
    waits = now.status is (Status.PAST_DUE if owed.failures else Status.ACTIVE)
    return owed.due_us + owed.dunning.end_days * DAY_US if waits else None


def next_reminder(now: SubscriptionState, owed: Owed, at_us: int) -> DueReminder | None:
    """Return the reminder of an invoice that is next, as it is at a moment: the last whose time has
    come and that is not recorded, or the first that is to come. What is past due says so itself."""
    if not owed.is_by_transfer:
        return None
    issued_us, deadline = owed.due_us - owed.net_us, deadline_us(now, owed)
    if deadline is not None and deadline <= at_us:
        return None
    found = None
    for number, days in enumerate(REMINDER_DAYS, 1):
        us = owed.due_us + days * DAY_US
        is_told_otherwise = us <= issued_us or (deadline is not None and us >= deadline)
        if number <= owed.reminded or is_told_otherwise:
            continue
        if found is not None and us > at_us:
            break
        found = DueReminder(us, number)
    return found
