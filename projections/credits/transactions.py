"""The read model `transactions`: one row a transaction, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ledger.credits.transactions import Transaction, transactions_of
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel

_encode = msgspec.json.Encoder().encode


class TransactionRow(NamedTuple):
    """A row; `detail` is the Transaction as JSON."""

    org: str
    sequence: int
    line: int
    owner: str
    user_id: str
    asset: str
    category: str
    amount: int
    balance_after: int
    occurred_us: int
    recorded_us: int
    hash: bytes
    detail: str


def _row(event: RecordedEvent, transaction: Transaction) -> TransactionRow:
    return TransactionRow(  # in its order: by name, it takes twice the time
        event.org,
        event.sequence,
        transaction.line,
        transaction.owner,
        transaction.user,
        transaction.asset,
        transaction.category.value,
        transaction.amount,
        transaction.balance_after,
        transaction.occurred_us,
        transaction.recorded_us,
        event.hash,
        _encode(transaction).decode(),
    )


READ_MODEL = ReadModel("transactions", TransactionRow, transactions_of, _row)
