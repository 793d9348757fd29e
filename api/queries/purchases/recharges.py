"""Recharge rules as they are, and what they have done."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.reader import Reader
from ledger.kernel.decoding import converted
from ledger.purchases.recharge_facts import Rule


class FoundRule(NamedTuple):
    """A rule, what it has in flight, how many it bought in a month, until when it waits (µs) and
    why it ended by itself."""

    rule: Rule
    purchase: str | None
    month: str
    in_month: int
    waits_until_us: int | None
    stopped: str | None


async def rule_of(reader: Reader, org: str, user: str) -> FoundRule | None:
    """Return the rule of a wallet, if it has one."""
    row = await reader.row(org, "purchases/recharge_rule", {"org": org, "user": user})
    if row is None or row["rule"] is None:
        return None
    return FoundRule(converted(row["rule"], Rule), *list(row.values())[1:])
