"""The analysts' table `usage`: one row a usage line, in ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.credits.transactions import Transaction, transactions_of
from ledger.credits.usage import (
    CACHE_WRITE_TOKENS,
    CACHED_TOKENS,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
)
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel

_WITH_COLUMN = frozenset({INPUT_TOKENS, CACHED_TOKENS, CACHE_WRITE_TOKENS, OUTPUT_TOKENS})


class UsageRow(NamedTuple):
    """A usage line. Texts are empty when absent.

    Amounts in microcredits, prices in attodollars a unit, times in microseconds. `quantities` are
    the meters without a column of their own.
    """

    org: str
    sequence: int
    line: int
    position: int
    owner: str
    user: str
    credential: str
    id: str
    service: str
    project: str
    provider: str
    model: str
    occurred_at: int
    recorded_at: int
    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    quantities: dict[str, int]
    amount: int
    debt: int
    balance_after: int
    rate_card: str
    rate_version: int
    unit_prices: dict[str, int]
    late: bool
    hash: bytes


def _row(event: RecordedEvent, transaction: Transaction) -> UsageRow | None:
    line = transaction.usage
    if line is None:
        return None
    quantities = line.quantities
    rate = line.rate
    return UsageRow(  # in its order: by name, it takes twice the time
        event.org,
        event.sequence,
        transaction.line,
        event.position,
        transaction.owner,
        line.user,
        line.credential,
        line.id,
        line.service or "",
        line.project or "",
        line.provider or "",
        line.model or "",
        line.occurred_us,
        event.recorded_us,
        quantities.get(INPUT_TOKENS, 0),
        quantities.get(CACHED_TOKENS, 0),
        quantities.get(CACHE_WRITE_TOKENS, 0),
        quantities.get(OUTPUT_TOKENS, 0),
        _without_column(quantities),
        line.amount,
        line.debt,
        line.balance_after,
        rate.card if rate else "",
        rate.version if rate else 0,
        rate.unit_prices if rate else {},
        line.late,
        event.hash,
    )


def _without_column(quantities: dict[str, int]) -> dict[str, int]:
    if quantities.keys() <= _WITH_COLUMN:
        return {}
    return {meter: count for meter, count in quantities.items() if meter not in _WITH_COLUMN}


READ_MODEL = ReadModel(
    "usage", UsageRow, transactions_of, _row, for_analysts=True, sums="usage_sums"
)
