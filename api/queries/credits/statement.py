"""A wallet's statement of a period: what it began with, what came and went, what it ended with."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from api.queries.as_of import Moment
from api.queries.reader import Reader

LAST = 2**63 - 1
"""After every sequence."""


class Period(NamedTuple):
    """Half-open, by recorded time, in microseconds."""

    from_us: int
    to_us: int


class Side(msgspec.Struct):
    """What came in, or went out: amounts by category, in smallest units."""

    categories: dict[str, int] = {}

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.categories.values())


class Statement(msgspec.Struct):
    """opening + in - out = closing: every transaction moves the balance by its amount, and nothing
    else does. Of both, the pending part is not in effect yet."""

    opening: int
    opening_pending: int
    closing: int
    closing_pending: int
    came_in: Side
    went_out: Side
    transactions: int = 0


class Wallet(NamedTuple):
    """Whose statement it is."""

    org: str
    owner: str
    asset: str


async def statement(
    reader: Reader, wallet: Wallet, period: Period, clock_us: int, moment: Moment | None = None
) -> Statement:
    """Return the statement of a period, as the read model has it, or had it at a moment."""
    until, at_us = (LAST, None) if moment is None else moment
    parameters = {**wallet._asdict(), **period._asdict(), "until": until}
    parameters |= {"clock_us": clock_us, "at_us": at_us}
    rows = await reader.rows(wallet.org, "credits/statement", parameters)
    first = rows[0]
    made = Statement(
        opening=first["opening"],
        opening_pending=first["opening_pending"],
        closing=first["closing"],
        closing_pending=first["closing_pending"],
        came_in=Side(),
        went_out=Side(),
    )
    for row in rows:
        if row["category"] is not None:
            side = made.came_in if row["is_in"] else made.went_out
            side.categories[row["category"]] = int(row["amount"])
            made.transactions += row["count"]
    return made
