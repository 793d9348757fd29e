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


READ_MODEL = ReadModel("transactions", TransactionRow, transactions_of, _row)
