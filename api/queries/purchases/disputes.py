"""Disputes of an org's purchases, and one of them."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.lists import ModelList
from api.queries.reader import Reader


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


DISPUTES = ModelList("disputes", "purchases/disputes", FoundDispute)


async def dispute_of(reader: Reader, org: str, dispute: str) -> FoundDispute | None:
    """Return one dispute."""
    row = await reader.row(org, "purchases/dispute", {"org": org, "dispute": dispute})
    return None if row is None else FoundDispute(**row)
