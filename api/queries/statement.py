"""A wallet's statement of a period: what it began with, what came and went, what it ended with."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

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
    else does."""

    opening: int
    closing: int
    came_in: Side
    went_out: Side
    transactions: int = 0


async def statement(
    reader: Reader, org: str, owner: str, asset: str, period: Period, upto: int = LAST
) -> Statement:
    """The statement of a period, as the read model has it, or had it after that sequence."""
    parameters = {"org": org, "owner": owner, "asset": asset, "upto": upto, **period._asdict()}
    rows = await reader.rows(org, "statement", parameters)
    made = Statement(rows[0]["opening"], rows[0]["closing"], Side(), Side())
    for row in rows:
        if row["category"] is not None:
            side = made.came_in if row["is_in"] else made.went_out
            side.categories[row["category"]] = int(row["amount"])
            made.transactions += row["count"]
    return made
