"""The summary `statement_lines`: what a wallet's month is made of, by category and direction, in
PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.credits.transactions import Transaction, transactions_of
from ledger.kernel.times import month_of
from projections.summary import Sum, Summary, Summed, Told


class StatementLineRow(NamedTuple):
    """What came in, or went out, of one category: never negative, in the asset's smallest unit."""

    org: str
    owner: str
    asset: str
    month: str
    category: str
    is_in: bool
    amount: Sum
    transactions: Sum
    sequence: int


def _add(rows: Summed, event: Told, lines: Sequence[Transaction]) -> None:
    first = lines[0]
    wallet = event.org, first.owner, first.asset, month_of(event.recorded_us)
    for line in lines:
        amount = line.amount
        key = (*wallet, line.category.value, amount >= 0)
        row = rows.get(key)
        if row is None:
            row = rows[key] = [0, 0, 0]
        row[0] += abs(amount)
        row[1] += 1
        row[2] = event.sequence


READ_MODEL = Summary("statement_lines", StatementLineRow, transactions_of, 6, _add)
