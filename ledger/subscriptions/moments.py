"""Moments: what time brings to a subscription, and when; the sweep asks for the first."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from ledger.kernel.times import DAY_US
from ledger.subscriptions.dunning import deadline_us
from ledger.subscriptions.subscription_base import Status, SubscriptionState

ANNOUNCED_US = 3 * DAY_US
"""How long before its end a trial's is announced."""


class Step(Enum):
    """What is to be done then."""

    ANNOUNCE = auto()
    END_TRIAL = auto()
    RENEW = auto()
    CHARGE = auto()
    GIVE_UP = auto()
    INTERIM = auto()


class Moment(NamedTuple):
    """When something is to be done; to charge and to give up is of an invoice."""

    us: int
    step: Step
    invoice: str = ""


def moments_of(now: SubscriptionState) -> Iterator[Moment]:
    """Yield what is to come of a subscription as it is now; a provider who runs one says it
    itself."""
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
        deadline = deadline_us(now, owed)
        if deadline is not None:
            yield Moment(deadline, Step.GIVE_UP, invoice)


def next_moment(now: SubscriptionState) -> Moment | None:
    """Return the first of what is to come, if anything is."""
    return min(moments_of(now), key=lambda each: each.us, default=None)
