"""The summary `usage_days`: what each member used of what on a day of occurred time, in
PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.credits.transactions import Transaction, transactions_of
from ledger.credits.usage import (
    CACHE_WRITE_TOKENS,
    CACHED_TOKENS,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
)
from ledger.kernel.times import day_of
from projections.summary import Sum, Summary, Summed, Told


class UsageDayRow(NamedTuple):
    """The lines of a day with the same member, payer and labels; texts are empty when absent.

    Amounts in microcredits. `owner`: whose wallet paid. `day` as 2026-02-03.
    """

    org: str
    day: str
    user_id: str
    owner: str
    service: str
    project: str
    provider: str
    model: str
    lines: Sum
    amount: Sum
    debt: Sum
    input_tokens: Sum
    cached_tokens: Sum
    cache_write_tokens: Sum
    output_tokens: Sum
    sequence: int


def _add(rows: Summed, event: Told, lines: Sequence[Transaction]) -> None:
    org, sequence = event.org, event.sequence
    for transaction in lines:
        line = transaction.usage
        if line is None:
            continue
        key = (
            org,
            day_of(line.occurred_us),
            line.user,
            transaction.owner,
            line.service or "",
            line.project or "",
            line.provider or "",
            line.model or "",
        )
        row = rows.get(key)
        if row is None:
            row = rows[key] = [0, 0, 0, 0, 0, 0, 0, 0]
        row[0] += 1
        row[1] += line.amount
        row[2] += line.debt
        if quantities := line.quantities:
            row[3] += quantities.get(INPUT_TOKENS, 0)
            row[4] += quantities.get(CACHED_TOKENS, 0)
            row[5] += quantities.get(CACHE_WRITE_TOKENS, 0)
            row[6] += quantities.get(OUTPUT_TOKENS, 0)
        row[7] = sequence


READ_MODEL = Summary("usage_days", UsageDayRow, transactions_of, 8, _add)
