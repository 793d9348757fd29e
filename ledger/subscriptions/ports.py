"""The doors of subscriptions, as Protocols with the promise each must keep."""

from __future__ import annotations

from typing import Protocol

from ledger.invoices.ports import Letter
from ledger.subscriptions.reminder import Reminder
from ledger.subscriptions.subscription_base import SubscriptionState


class Reminders(Protocol):
    """Writes reminders. The same one has the same text, whenever and wherever it is written."""

    def letter(self, reminder: Reminder) -> Letter:
        """Return a reminder as it is sent, in its language."""


class SubscriptionStates(Protocol):
    """Subscriptions as they are now, of every org. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer.
    """

    def of(self, org: str, user: str) -> SubscriptionState | None:
        """Return a payer's subscription as it is now."""
