"""Webhooks as who calls them needs them: the books of orgs, events, and what secrets are made
of."""

from __future__ import annotations

from adapters.postgres.connection import Connecting
from ledger.kernel.decoding import converted
from ledger.ports import RecordedEvent
from ledger.webhooks.webhook import Webhook

_BOOK = "SELECT webhooks FROM tally.webhook_books WHERE org = %b"
_EVENT = f"""
SELECT {", ".join(RecordedEvent._fields)} FROM tally.events WHERE org = %b AND sequence = %b
"""


class PostgresWebhooks(Connecting):
    """The webhooks of every org. Used by one thread at a time."""

    purpose = "webhooks"

    def of(self, org: str) -> list[Webhook]:
        """Return the webhooks of an org."""
        rows = self._run(_BOOK, [org])
        return converted(rows[0][0] if rows else [], list[Webhook])

    def event(self, org: str, sequence: int) -> RecordedEvent | None:
        """Return an event; None: it is not there, or archived."""
        rows = self._run(_EVENT, [org, sequence])
        return RecordedEvent(*rows[0]) if rows else None

    def key(self) -> bytes:
        """Return what secrets are made of."""
        return bytes(self._run("SELECT tally.webhook_key()", [])[0][0])
