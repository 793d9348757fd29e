"""Policies of subscriptions as they are set."""

from __future__ import annotations

from api.queries.reader import Reader
from ledger.kernel.decoding import converted
from ledger.subscriptions.policy import Policy


async def policy_of(reader: Reader, org: str) -> Policy:
    """Return what an org has decided of subscriptions, or what holds where it has not."""
    row = await reader.row(org, "subscriptions/policy", {"org": org})
    return converted(row["policy"], Policy) if row else Policy()
