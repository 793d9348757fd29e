"""Moves of a subscription: what facts make of it that lists and sums are made of: one pure
function."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.shares import half_even
from ledger.subscriptions.calendar import months_of
from ledger.subscriptions.subscription_base import Holding, Status, SubscriptionFact
from ledger.subscriptions.subscription_facts import (
    PaymentFailed,
    PeriodOpened,
    PeriodPaid,
    PlanChanged,
    SubscriptionEnded,
    SubscriptionPaused,
    SubscriptionStarted,
    TrialEnded,
    WentPastDue,
)

COUNTED = frozenset({Status.ACTIVE, Status.PAST_DUE})
"""The states of which a subscription has a price that recurs."""


class Move(StrEnum):
    """What happened."""

    STARTED = "started"
    TRIAL_ENDED = "trial_ended"
    OPENED = "opened"
    PAID = "paid"
    CHANGED = "changed"
    PAST_DUE = "past_due"
    DROPPED = "dropped"
    PAUSED = "paused"
    ENDED = "ended"


class Held(NamedTuple):
    """What is held as lists and sums have it: `price` of a period of so many `months`, `recurring`
    of one, in the currency's smallest unit."""

    plan: str
    version: int
    seats: int
    currency: str
    price: int
    months: int
    recurring: int


class SubscriptionMove(NamedTuple):
    """A move, at `at_us`. `status` and `holding` are what it has made of them; None: as before.
    `start_us` to `end_us` is the period, where one begins; `number`: which of the payer's it is."""

    move: Move
    user: str
    at_us: int
    status: Status | None = None
    holding: Holding | None = None
    number: int | None = None
    start_us: int | None = None
    end_us: int | None = None

    @property
    def held(self) -> Held | None:
        """What is held from now on; None: as before."""
        return None if self.holding is None else _held(self.holding)


@ByType
def moves_of(fact: Fact) -> list[SubscriptionMove]:
    """Return the move that a fact is; most kinds of facts are none."""
    return []


def _held(holding: Holding) -> Held:
    """Return it with what it comes to in a month, less what its coupon takes off, before tax,
    half-even."""
    published = holding.plan
    months = months_of(published.plan)
    return Held(
        published.plan.id,
        published.version,
        holding.seats,
        published.plan.currency,
        holding.price,
        months,
        half_even(holding.price, months),
    )


@moves_of.register
def _started(fact: SubscriptionStarted) -> list[SubscriptionMove]:
    return [
        SubscriptionMove(
            Move.STARTED,
            fact.user,
            fact.start_us,
            fact.status,
            fact.holding,
            fact.number,
            fact.start_us,
            fact.ends_us,
        )
    ]


@moves_of.register
def _trial_ended(fact: TrialEnded) -> list[SubscriptionMove]:
    return [SubscriptionMove(Move.TRIAL_ENDED, fact.user, fact.ended_us, Status.ACTIVE)]


@moves_of.register
def _opened(fact: PeriodOpened) -> list[SubscriptionMove]:
    return [
        SubscriptionMove(
            Move.OPENED,
            fact.user,
            fact.start_us,
            holding=fact.holding,
            start_us=fact.start_us,
            end_us=fact.end_us,
        )
    ]


@moves_of.register
def _paid(fact: PeriodPaid) -> list[SubscriptionMove]:
    return _state(fact, Move.PAID, fact.status)


@moves_of.register
def _changed(fact: PlanChanged) -> list[SubscriptionMove]:
    return [SubscriptionMove(Move.CHANGED, fact.user, fact.from_us, holding=fact.holding)]


@moves_of.register
def _failed(fact: PaymentFailed) -> list[SubscriptionMove]:
    return [] if fact.status is None else _state(fact, Move.DROPPED, fact.status)


@moves_of.register
def _past_due(fact: WentPastDue) -> list[SubscriptionMove]:
    return _state(fact, Move.PAST_DUE, Status.PAST_DUE)


@moves_of.register
def _paused(fact: SubscriptionPaused) -> list[SubscriptionMove]:
    return [SubscriptionMove(Move.PAUSED, fact.user, fact.paused_us, Status.PAUSED)]


@moves_of.register
def _ended(fact: SubscriptionEnded) -> list[SubscriptionMove]:
    return [SubscriptionMove(Move.ENDED, fact.user, fact.ended_us, Status.ENDED)]


def _state(fact: SubscriptionFact, move: Move, status: Status) -> list[SubscriptionMove]:
    return [SubscriptionMove(move, fact.user, fact.recorded_us, status)]
