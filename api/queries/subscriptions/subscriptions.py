"""Subscriptions as they are: one of a payer, or those of an org."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.reader import Reader
from ledger.kernel.decoding import converted
from ledger.subscriptions.subscription_base import SubscriptionState


class FoundSubscription(NamedTuple):
    """What a payer holds."""

    user: str
    state: SubscriptionState


async def subscription_of(reader: Reader, org: str, user: str) -> SubscriptionState | None:
    """Return what a payer holds, or held last; None: they never held anything."""
    row = await reader.row(org, "subscriptions/subscription", {"org": org, "owner": user})
    return None if row is None else _state(row["state"])


class FoundPage(NamedTuple):
    """Some of an org's subscriptions, with all that was recorded up to a sequence."""

    as_of_sequence: int
    rows: list[FoundSubscription]


async def subscriptions_of(
    reader: Reader, org: str, status: str | None, user: str | None, after: str, limit: int
) -> FoundPage:
    """Return those of an org, or of one payer, by their payers, that come after one."""
    asked = {"org": org, "status": status, "user": user, "after": after, "limit": limit}
    heads, rows = await reader.all(
        org, ("head", {"org": org}), ("subscriptions/subscriptions", asked)
    )
    sequence = int(heads[0]["sequence"]) if heads else 0
    return FoundPage(
        sequence, [FoundSubscription(row["owner"], _state(row["state"])) for row in rows]
    )


def _state(row: object) -> SubscriptionState:
    return converted(row, SubscriptionState)
