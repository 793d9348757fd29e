"""The read model `transactions`: one row a transaction, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ledger.credits.transactions import Transaction, transactions_of
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from projections.credits.ports import TransactionRow, TransactionStore
from projections.engine import End, heads_of
from projections.ports import Progress

_encode = msgspec.json.Encoder().encode


class Transactions(End):
    """Folds pages of events into rows, and writes each page with its position."""

    name = "transactions"

    def __init__(self, store: TransactionStore) -> None:
        self.store = self._rows = store

    def take(self, at: Progress, until: int, events: Sequence[RecordedEvent]) -> Progress:
        return self._rows.apply(at, until, heads_of(events), transaction_rows(events))


def transaction_rows(events: Iterable[RecordedEvent]) -> list[TransactionRow]:
    """Return the rows of events, in order."""
    return [row for event in events for row in rows_of(event, transactions_of(fact_of(event)))]


def rows_of(event: RecordedEvent, transactions: Iterable[Transaction]) -> list[TransactionRow]:
    """Return the rows of one event."""
    return [_row(event, transaction) for transaction in transactions]


def _row(event: RecordedEvent, transaction: Transaction) -> TransactionRow:
    return TransactionRow(
        org=event.org,
        sequence=event.sequence,
        line=transaction.line,
        owner=transaction.owner,
        user_id=transaction.user,
        asset=transaction.asset,
        category=transaction.category.value,
        amount=transaction.amount,
        balance_after=transaction.balance_after,
        occurred_us=transaction.occurred_us,
        recorded_us=transaction.recorded_us,
        hash=event.hash,
        detail=_encode(transaction).decode(),
    )
