"""Store credits, as recorded last, and what can be used of them now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from api.queries.reader import Reader
from api.queries.stored_value.gift_cards import claimed_at


class FoundStoreCredit(NamedTuple):
    """A user's store credit in a currency, at a moment."""

    path: str
    user: str
    currency: str
    balance: int
    claimed: int


async def store_credits_of(
    reader: Reader, org: str, filters: Mapping[str, str | None], after: str, limit: int, now_us: int
) -> list[FoundStoreCredit]:
    """Return those of an org, by currency and user, that come after one."""
    asked = {"org": org, **filters, "after": after, "limit": limit}
    rows = await reader.rows(org, "stored_value/store_credits", asked)
    return [
        FoundStoreCredit(
            row["id"], row["person"], row["currency"], row["balance"], claimed_at(row, now_us)
        )
        for row in rows
    ]
