"""Policies of orders as they are set."""

from __future__ import annotations

from api.queries.reader import Reader
from ledger.ordering.capture import Capture


async def capture_policy_of(reader: Reader, org: str) -> Capture:
    """Return when the money of an org's orders is taken, as it has decided or where it has not."""
    row = await reader.row(org, "ordering/policy", {"org": org})
    return Capture(row["capture"]) if row else Capture.NOW
