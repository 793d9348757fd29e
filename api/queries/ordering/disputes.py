"""Disputes of orders, the newest first."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.lists import ModelList


class FoundOrderDispute(NamedTuple):
    """A dispute: `amount` in the currency's smallest unit, times in microseconds; `reason` is the
    provider's word."""

    dispute: str
    order_id: str
    number: str | None
    owner: str | None
    status: str
    amount: int
    currency: str
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


ORDER_DISPUTES = ModelList("order_disputes", "ordering/disputes", FoundOrderDispute)
