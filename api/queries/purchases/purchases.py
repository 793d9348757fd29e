"""Purchases as they are, and what has happened to one."""

from __future__ import annotations

from typing import Any, NamedTuple

from api.queries.lists import ModelList
from api.queries.reader import Reader


class FoundPurchase(NamedTuple):
    """A purchase: whose it is, its money in the currency's smallest unit, and the page where it is
    paid, once there is one."""

    id: str
    owner: str
    provider: str
    status: str
    amount: int
    currency: str
    url: str | None


class Happened(NamedTuple):
    """An event of a purchase."""

    sequence: int
    type: str
    recorded_us: int
    body: dict[str, Any]


class ListedPurchase(NamedTuple):
    """A purchase of a list; `credits` and `bonus` are microcredits, times in microseconds.

    `review`: open or closed, of what a person had to look at.
    """

    id: str
    owner: str
    provider: str
    status: str
    amount: int
    currency: str
    credits: int
    bonus: int
    begun_by: str
    review: str | None
    started_us: int
    paid_us: int | None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        return self.started_us, self.id


PURCHASES = ModelList("purchases", "purchases/purchases", ListedPurchase)


async def purchase_of(reader: Reader, org: str, purchase: str) -> FoundPurchase | None:
    """Return a purchase as it is now."""
    row = await reader.row(org, "purchases/purchase", {"org": org, "id": purchase})
    return None if row is None else FoundPurchase(**row)


async def history_of(reader: Reader, org: str, purchase: str) -> list[Happened]:
    """Return what has happened to a purchase, in order."""
    rows = await reader.rows(org, "purchases/history", {"org": org, "id": purchase})
    return [Happened(**row) for row in rows]
