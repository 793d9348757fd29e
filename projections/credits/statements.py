"""The summary `statements`: a wallet's month by recorded time, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.credits.transactions import Transaction, transactions_of
from ledger.kernel.times import month_of
from projections.summary import Sum, Summary, Summed, Told


class StatementRow(NamedTuple):
    """A month in which a wallet moved: opening + came_in - went_out = closing, in the asset's
    smallest unit. `month` as 2026-02."""

    org: str
    owner: str
    asset: str
    month: str
    opening: int
    closing: int
    came_in: Sum
    went_out: Sum
    transactions: Sum
    sequence: int


def _add(rows: Summed, event: Told, lines: Sequence[Transaction]) -> None:
    first = lines[0]
    came_in = went_out = 0
    for line in lines:
        if line.amount >= 0:
            came_in += line.amount
        else:
            went_out -= line.amount
    key = event.org, first.owner, first.asset, month_of(event.recorded_us)
    row = rows.get(key)
    if row is None:
        opening = first.balance_after - first.amount
        row = rows[key] = [opening, 0, 0, 0, 0, 0]
    row[1] = lines[-1].balance_after
    row[2] += came_in
    row[3] += went_out
    row[4] += len(lines)
    row[5] = event.sequence


READ_MODEL = Summary(
    "statements", StatementRow, transactions_of, 4, _add, firsts=frozenset({"opening"})
)
