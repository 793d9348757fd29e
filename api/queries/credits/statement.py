"""A wallet's statement of a period: what it began with, what came and went, what it ended with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from api.queries.reader import Reader, Row
from ledger.credits.wallet_snapshot import (
    Movement,
    Sum,
    Totals,
    difference_of,
    sum_of,
    totals_of,
)

ENDS = ("opening", "closing")


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
    reader: Reader,
    wallet: Wallet,
    period: Period,
    until: int,
    clock_us: int,
    at_us: int | None = None,
) -> Statement:
    """Return the statement of a period up to a sequence, which the read model has reached; looked
    at now, or at a time."""
    parameters = {**wallet._asdict(), **period._asdict(), "until": until}
    parameters |= {"clock_us": clock_us, "at_us": at_us}
    rows = await reader.rows(wallet.org, "credits/statement", parameters)
    opening, closing = (_end([row for row in rows if row["name"] == name]) for name in ENDS)
    made = Statement(
        opening=opening.balance,
        opening_pending=opening.pending,
        closing=closing.balance,
        closing_pending=closing.pending,
        came_in=Side(),
        went_out=Side(),
    )
    for kind, moved in sorted(difference_of(closing.totals, opening.totals).items()):
        side = made.came_in if kind.is_in else made.went_out
        side.categories[kind.category] = moved.amount
        made.transactions += moved.times
    return made


class _End(NamedTuple):
    """A wallet at one end of a period."""

    balance: int
    pending: int
    totals: Totals


def _end(rows: Sequence[Row]) -> _End:
    first = rows[0]
    since = {
        Movement(row["category"], row["is_in"]): Sum(int(row["amount"]), row["times"])
        for row in rows
        if row["category"] is not None
    }
    before = {} if first["totals"] is None else totals_of(first["totals"])
    return _End(first["balance"], first["pending"], sum_of(before, since))
