"""Payments: a provider of payments, and what is known here of its purchases."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from ledger.kernel.actor import Actor
from ledger.ports import Clock
from ledger.purchases.ports import PurchaseStates
from ledger.purchases.provider import PaymentProvider

T = TypeVar("T")


class Payments:
    """A provider of payments, and what is known here of its purchases."""

    def __init__(self, provider: PaymentProvider, states: PurchaseStates, clock: Clock) -> None:
        self.provider = provider
        self.clock = clock
        self._states = states
        self._lock = threading.Lock()

    @property
    def actor(self) -> Actor:
        """Who says what the provider says."""
        return Actor(self.provider.name, "tally jobs", "")

    async def look_up(self, work: Callable[[PurchaseStates], T]) -> T:
        """Look up where purchases are, beside whatever else happens."""

        def locked() -> T:
            with self._lock:
                return work(self._states)

        return await asyncio.to_thread(locked)

    def look(self, work: Callable[[PurchaseStates], T]) -> T:
        """Look up where purchases are, from a thread."""
        with self._lock:
            return work(self._states)
