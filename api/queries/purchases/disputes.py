"""Disputes of an org's purchases, and one of them."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.reader import Reader

FIRST_PLACE = (2**63 - 1, "")
PROJECTION = "disputes"
"""The read model of the list."""


class FoundDispute(NamedTuple):
    """A dispute: `amount` in the currency's smallest unit, `credits` microcredits that it took,
    times in microseconds; `reason` is the provider's word."""

    dispute: str
    purchase: str
    owner: str
    status: str
    amount: int
    currency: str
    credits: int | None
    reason: str | None
    opened_us: int
    evidence_due_us: int | None
    evidence_us: int | None
    evidence_taken_us: int | None
    ended_us: int | None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        return self.opened_us, self.dispute


async def disputes_of(
    reader: Reader,
    org: str,
    user: str | None,
    purchase: str | None,
    status: str | None,
    before: tuple[int, str],
    limit: int,
) -> list[FoundDispute]:
    """Return disputes, those opened last first."""
    asked = {
        "org": org,
        "user": user,
        "purchase": purchase,
        "status": status,
        "before_us": before[0],
        "before": before[1],
        "limit": limit,
    }
    return [FoundDispute(**row) for row in await reader.rows(org, "purchases/disputes", asked)]


async def dispute_of(reader: Reader, org: str, dispute: str) -> FoundDispute | None:
    """Return one dispute."""
    row = await reader.row(org, "purchases/dispute", {"org": org, "dispute": dispute})
    return None if row is None else FoundDispute(**row)
