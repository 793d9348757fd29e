"""Allowances: the free credit that an org gives every month."""

from __future__ import annotations

import msgspec

from api.queries.reader import Reader


class AllowanceRead(msgspec.Struct, frozen=True):
    """Microcredits of each user a month, None: none; and the last month that was given to all."""

    free_monthly: int | None
    verified_only: bool
    granted_month: str | None
    as_of_sequence: int


async def allowance(reader: Reader, org: str) -> AllowanceRead:
    """Return the allowance in force."""
    (row,) = await reader.rows(org, "credits/allowance", {"org": org})
    return AllowanceRead(**row)
