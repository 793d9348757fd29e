"""The steps of a subscription that payments, people and time lead to: it changes, and it ends."""

from __future__ import annotations

from datetime import datetime

from ledger.kernel.times import microseconds
from ledger.subscriptions.subscription_base import End, Holding, SubscriptionBase
from ledger.subscriptions.subscription_facts import PlanChanged, SubscriptionEnded


def change(
    subscription: SubscriptionBase,
    holding: Holding,
    at: datetime,
    from_us: int,
    *,
    credits: int = 0,
    lot: str | None = None,
    invoice: str | None = None,
    fingerprint: str = "",
) -> None:
    """Hold something else from now on, with the credits that come with it; it is paid for from
    `from_us`, or costs nothing more."""
    subscription.trigger_event(
        PlanChanged,
        timestamp=at,
        user=subscription.user,
        fingerprint=fingerprint,
        holding=holding,
        from_us=from_us,
        credits=credits,
        lot=lot,
        invoice=invoice,
    )


def end(
    subscription: SubscriptionBase,
    why: End,
    at: datetime,
    *,
    ended_us: int | None = None,
    fingerprint: str = "",
) -> None:
    """End it."""
    subscription.trigger_event(
        SubscriptionEnded,
        timestamp=at,
        user=subscription.user,
        fingerprint=fingerprint,
        why=why,
        ended_us=microseconds(at) if ended_us is None else ended_us,
    )
