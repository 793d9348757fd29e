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

    Amounts in microcredits, times in microseconds. `quantities` are the meters without a column
    of their own.
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
    late: bool
    hash: bytes


def _row(event: RecordedEvent, transaction: Transaction) -> UsageRow | None:
    line = transaction.usage
    if line is None:
        return None
    quantities = line.quantities
    rate = line.rate
    return UsageRow(
        org=event.org,
        sequence=event.sequence,
        line=transaction.line,
        position=event.position,
        owner=transaction.owner,
        user=line.user,
        credential=line.credential,
        id=line.id,
        service=line.service or "",
        project=line.project or "",
        provider=line.provider or "",
        model=line.model or "",
        occurred_at=line.occurred_us,
        recorded_at=event.recorded_us,
        input_tokens=quantities.get(INPUT_TOKENS, 0),
        cached_tokens=quantities.get(CACHED_TOKENS, 0),
        cache_write_tokens=quantities.get(CACHE_WRITE_TOKENS, 0),
        output_tokens=quantities.get(OUTPUT_TOKENS, 0),
        quantities=_without_column(quantities),
        amount=line.amount,
        debt=line.debt,
        balance_after=line.balance_after,
        rate_card=rate.card if rate else "",
        rate_version=rate.version if rate else 0,
        late=line.late,
        hash=event.hash,
    )


def _without_column(quantities: dict[str, int]) -> dict[str, int]:
    if quantities.keys() <= _WITH_COLUMN:
        return {}
    return {meter: count for meter, count in quantities.items() if meter not in _WITH_COLUMN}


READ_MODEL = ReadModel("usage", UsageRow, transactions_of, _row, for_analysts=True)
