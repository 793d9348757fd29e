"""Stripe's book: what is known here of what Stripe collects money for, and who is asked about
it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from api.one_at_a_time import OneAtATime
from ledger.kernel.actor import Actor
from ledger.ports import Clock
from ledger.purchases.provider import PaymentProvider, Payments
from ledger.purchases.purchase_base import STRIPE

S = TypeVar("S")
"""Where things are."""

T = TypeVar("T")


class StripeBook(Generic[S]):
    """What Stripe collects the money of, of one kind."""

    name = STRIPE
    actor = Actor(STRIPE, "tally jobs", "")
    """Who says what Stripe says."""

    def __init__(self, payments: Payments, states: S, clock: Clock) -> None:
        self.clock = clock
        self._payments = payments
        self._states = states
        self._alone = OneAtATime()

    async def provider(self) -> PaymentProvider:
        """Return who is asked."""
        return await self._payments.provider(STRIPE)

    async def look_up(self, work: Callable[[S], T]) -> T:
        """Look up where things are, beside whatever else happens."""
        return await self._alone.do(lambda: work(self._states))

    def look(self, work: Callable[[S], T]) -> T:
        """Look up where things are, from a thread."""
        return self._alone.here(lambda: work(self._states))
