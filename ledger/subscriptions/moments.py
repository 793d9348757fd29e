"""Moments: what time brings to a subscription, and when; the sweep asks for the first."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from ledger.kernel.times import DAY_US
from ledger.subscriptions.dunning import deadline_us, next_reminder
from ledger.subscriptions.subscription_base import Status, SubscriptionState

ANNOUNCED_US = 3 * DAY_US
"""How long before its end a trial's is announced."""


class Step(Enum):
    """What is to be done then."""

    ANNOUNCE = auto()
    END_TRIAL = auto()
    RENEW = auto()
    CHARGE = auto()
    REMIND = auto()
    GIVE_UP = auto()
    INTERIM = auto()


class Moment(NamedTuple):
    """When something is to be done; to charge, to remind and to give up is of an invoice.
    `reminder`: which of its reminders."""

    us: int
    step: Step
    invoice: str = ""
    reminder: int = 0


def moments_of(now: SubscriptionState, at_us: int = 0) -> Iterator[Moment]:
    """Yield what is to come of a subscription as it is now; a provider who runs one says it
    itself. Who looks late, at a moment, finds of reminders the one that still holds then."""
    if now.mirrors is not None:
        return
    if now.status is Status.TRIALING:
        if not now.is_announced:
            yield Moment(now.end_us - ANNOUNCED_US, Step.ANNOUNCE)
        yield Moment(now.end_us, Step.END_TRIAL)
    if now.status is Status.ACTIVE and not now.is_changing:
        yield Moment(now.end_us, Step.RENEW)
        if now.interim_us is not None:
            yield Moment(now.interim_us, Step.INTERIM)
    for invoice, owed in now.owed.items():
        if owed.retry_us is not None:
            yield Moment(owed.retry_us, Step.CHARGE, invoice)
        reminder = next_reminder(now, owed, at_us)
        if reminder is not None:
            yield Moment(reminder.us, Step.REMIND, invoice, reminder.number)
        deadline = deadline_us(now, owed)
        if deadline is not None:
            yield Moment(deadline, Step.GIVE_UP, invoice)


def next_moment(now: SubscriptionState, at_us: int = 0) -> Moment | None:
    """Return the first of what is to come, if anything is, as who looks at a moment finds it."""
    return min(moments_of(now, at_us), key=lambda each: each.us, default=None)
