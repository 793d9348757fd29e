"""A wallet's statement of a period: what it began with, what came and went, what it ended with."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from api.queries.reader import Reader, Row
from ledger.credits.wallet_snapshot import (
    Movement,
    Sum,
    Totals,
    balance_of,
    difference_of,
    sum_of,
    totals_of,
)


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
    ends = {row["name"]: row for row in rows}
    opening, closing = _totals(ends["opening"]), _totals(ends["closing"])
    made = Statement(
        opening=balance_of(opening),
        opening_pending=ends["opening"]["pending"],
        closing=balance_of(closing),
        closing_pending=ends["closing"]["pending"],
        came_in=Side(),
        went_out=Side(),
    )
    for kind, moved in sorted(difference_of(closing, opening).items()):
        side = made.came_in if kind.is_in else made.went_out
        side.categories[kind.category] = moved.amount
        made.transactions += moved.times
    return made


def _totals(end: Row) -> Totals:
    """Return what a wallet's movements add up to until one end of a period."""
    since = {
        Movement(category, is_in): Sum(int(amount), times)
        for category, is_in, amount, times in end["since"] or ()
    }
    return sum_of(totals_of(end["totals"] or "{}"), since)
