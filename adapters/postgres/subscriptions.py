"""Subscriptions in PostgreSQL: as they are now, for who writes to their payers."""

from __future__ import annotations

from adapters.postgres.connection import Connecting
from ledger.kernel.decoding import converted
from ledger.subscriptions.subscription_base import SubscriptionState

_STATE = "SELECT state FROM tally.subscription_states WHERE org = %b AND owner = %b"


class PostgresSubscriptions(Connecting):
    """Subscriptions of every org. Used by one thread at a time."""

    purpose = "subscriptions"

    def of(self, org: str, user: str) -> SubscriptionState | None:
        """Return a payer's subscription as it is now."""
        rows = self._run(_STATE, [org, user])
        return converted(rows[0][0], SubscriptionState) if rows else None
