"""Marks of a debt within a period: a half of the limit, which the payer is told of, and the org's
threshold, at which it is billed at once."""

from __future__ import annotations

from datetime import datetime

from ledger.credits.credit_line import UNLIMITED
from ledger.subscriptions.overage import line_of
from ledger.subscriptions.overage_facts import HalfOfLimitReached, InterimOver, InterimReached
from ledger.subscriptions.subscription_base import SubscriptionBase, SubscriptionState


def mark_of(now: SubscriptionState, threshold: int | None) -> int:
    """Return the debt at which something is to be done next; 0: at none."""
    marks = (_half_of(now), _interim_of(now, threshold))
    return min((each for each in marks if each is not None), default=0)


def reach(
    subscription: SubscriptionBase,
    debt: int,
    threshold: int | None,
    at: datetime,
    *,
    is_billable: bool,
) -> None:
    """Record which marks a debt has reached. `is_billable`: an invoice of it can be made."""
    now = subscription.subscription
    half, interim = _half_of(now), _interim_of(now, threshold)
    if half is not None and half <= debt:
        subscription.trigger_event(
            HalfOfLimitReached,
            timestamp=at,
            user=subscription.user,
            debt=debt,
            limit=line_of(now),
            ends_us=now.end_us,
        )
    if interim is not None and interim <= debt and is_billable:
        subscription.trigger_event(
            InterimReached, timestamp=at, user=subscription.user, debt=debt, threshold=interim
        )


def end_interim(subscription: SubscriptionBase, invoice: str | None, at: datetime) -> None:
    """Record that the debt was billed, or is not there any more."""
    subscription.trigger_event(InterimOver, timestamp=at, user=subscription.user, invoice=invoice)


def _half_of(now: SubscriptionState) -> int | None:
    """Return the half of the limit, until it has been told."""
    limit = line_of(now)
    return None if now.is_half_used or limit in (0, UNLIMITED) else (limit + 1) // 2


def _interim_of(now: SubscriptionState, threshold: int | None) -> int | None:
    """Return the threshold, unless it was reached. Who owes what was asked for in vain is billed no
    more of it before: so the limit holds."""
    is_behind = any(owed.failures for owed in now.owed.values())
    waits = is_behind or now.interim_us is not None or now.mirrors is not None
    return None if waits or not line_of(now) else threshold
