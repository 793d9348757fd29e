"""The analysts' table `usage`: one row a usage line, in ClickHouse.

ClickHouse does not share our transaction. So the range is persisted first, then its rows are
inserted with a token made of the range, then it is confirmed; after a crash in between exactly the
same range is inserted again, and counts once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from ledger.credits.transactions import Transaction, transactions_of
from ledger.credits.usage import (
    CACHE_WRITE_TOKENS,
    CACHED_TOKENS,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    UsageLine,
)
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from projections.credits.ports import UsageRow, UsageTable
from projections.engine import End, heads_of
from projections.ports import Progress, ProjectionStore

BATCH_ROWS = 1_000
LINGER_S = 0.25
"""ClickHouse wants few large inserts: after one of fewer rows the next comes so much later."""

_WITH_COLUMN = frozenset({INPUT_TOKENS, CACHED_TOKENS, CACHE_WRITE_TOKENS, OUTPUT_TOKENS})


class Usage(End):
    """Plans a range, inserts its lines, confirms it."""

    name = "usage"

    def __init__(
        self, store: ProjectionStore, table: UsageTable, *, linger_s: float = LINGER_S
    ) -> None:
        self.store = store
        self._table = table
        self._linger_s = linger_s
        self._rests_until = 0.0

    def is_ready(self) -> bool:
        return time.monotonic() >= self._rests_until

    def take(self, at: Progress, until: int, events: Sequence[RecordedEvent]) -> Progress:
        rows = usage_rows(events)
        if at.planned is None:
            if len(rows) < BATCH_ROWS:
                self._rests_until = time.monotonic() + self._linger_s
            at = self.store.plan(at, until) if rows else at
        self._table.insert(rows, f"{self.name}:{at.position}-{until}")
        return self.store.confirm(at, until, heads_of(events))


def usage_rows(events: Iterable[RecordedEvent]) -> list[UsageRow]:
    """Return the rows of events, in order."""
    return [row for event in events for row in rows_of(event, transactions_of(fact_of(event)))]


def rows_of(event: RecordedEvent, transactions: Iterable[Transaction]) -> list[UsageRow]:
    """Return the rows of one event."""
    return [
        _row(event, transaction, transaction.usage)
        for transaction in transactions
        if transaction.usage is not None
    ]


def _row(event: RecordedEvent, transaction: Transaction, line: UsageLine) -> UsageRow:
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
        quantities={
            meter: quantity for meter, quantity in quantities.items() if meter not in _WITH_COLUMN
        },
        amount=line.amount,
        debt=line.debt,
        balance_after=line.balance_after,
        rate_card=rate.card if rate else "",
        rate_version=rate.version if rate else 0,
        late=line.late,
        hash=event.hash,
    )
