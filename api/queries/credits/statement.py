"""A wallet's statement of a period: what it began with, what came and went, what it ended with."""

from __future__ import annotations

from typing import Any, NamedTuple

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
from ledger.kernel.times import month_of

BEHIND_MAX = 1_000
"""Events of an org that what is kept of months may be behind the transactions: what those moved is
added when it is asked for."""


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


class End(NamedTuple):
    """Up to which sequence, and when it is looked at; no time: now."""

    until: int
    clock_us: int
    at_us: int | None = None


async def statement_at(reader: Reader, wallet: Wallet, period: Period, end: End) -> Statement:
    """Return the statement of a period up to any sequence that the transactions have reached."""
    parameters = _parameters(wallet, period, end)
    rows, pending = await reader.all(
        wallet.org, ("credits/statement_at", parameters), ("credits/statement_pending", parameters)
    )
    ends = {row["name"]: row for row in rows}
    opening, closing = _totals(ends["opening"]), _totals(ends["closing"])
    balances = balance_of(opening), balance_of(closing)
    return _made(*balances, difference_of(closing, opening), pending)


async def statement_of_month(
    reader: Reader, wallet: Wallet, month: Period, clock_us: int
) -> tuple[int, Statement] | None:
    """Return the statement of a month up to the last sequence that the transactions have reached,
    and that sequence, from what is kept of each month; None while that is not at hand."""
    parameters = {**wallet._asdict(), **month._asdict(), "month": month_of(month.from_us)}
    parameters["behind_max"] = BEHIND_MAX
    kept = await reader.row(wallet.org, "credits/statement_of_month", parameters)
    if kept is None:
        return None
    until = int(kept["until"])
    pending = await reader.rows(
        wallet.org,
        "credits/statement_pending",
        _parameters(wallet, month, End(until, clock_us)),
    )
    balances = int(kept["opening"]), int(kept["closing"])
    return until, _made(*balances, _sums(kept["moved"]), pending)


def _parameters(wallet: Wallet, period: Period, end: End) -> dict[str, object]:
    return {**wallet._asdict(), **period._asdict(), **end._asdict()}


def _made(opening: int, closing: int, moved: Totals, pending: list[Row]) -> Statement:
    not_in_effect = {row["name"]: row["pending"] for row in pending}
    made = Statement(
        opening=opening,
        opening_pending=not_in_effect["opening"],
        closing=closing,
        closing_pending=not_in_effect["closing"],
        came_in=Side(),
        went_out=Side(),
    )
    for kind, each in sorted(moved.items()):
        side = made.came_in if kind.is_in else made.went_out
        side.categories[kind.category] = each.amount
        made.transactions += each.times
    return made


def _totals(end: Row) -> Totals:
    """Return what a wallet's movements add up to until one end of a period."""
    return sum_of(totals_of(end["totals"] or "{}"), _sums(end["since"]))


def _sums(rows: Any) -> Totals:
    return {
        Movement(category, is_in): Sum(int(amount), times)
        for category, is_in, amount, times in rows or ()
    }
