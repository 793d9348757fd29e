"""Policies of purchases as they are set."""

from __future__ import annotations

from api.queries.reader import Reader
from ledger.kernel.decoding import converted
from ledger.purchases.policy import Policy


async def policy_of(reader: Reader, org: str) -> Policy:
    """Return what an org has decided of purchases, or what holds where it has not."""
    row = await reader.row(org, "purchases/policy", {"org": org})
    return converted(row["policy"], Policy) if row else Policy()
