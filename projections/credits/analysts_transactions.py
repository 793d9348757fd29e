"""The analysts' table `transactions`: one row a movement of a wallet, in ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.credits.transactions import Transaction, transactions_of
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class AnalystsTransactionRow(NamedTuple):
    """A movement. Amounts in the asset's smallest unit, times in microseconds.

    `lots`, `lot_kinds` and `lot_amounts` are of the slices that moved, in their order.
    """

    org: str
    sequence: int
    line: int
    position: int
    owner: str
    user: str
    asset: str
    category: str
    amount: int
    balance_after: int
    occurred_at: int
    recorded_at: int
    reference: str
    lots: list[str]
    lot_kinds: list[str]
    lot_amounts: list[int]
    hash: bytes


def _row(event: RecordedEvent, transaction: Transaction) -> AnalystsTransactionRow:
    slices = transaction.lots
    return AnalystsTransactionRow(  # in its order: by name, it takes twice the time
        event.org,
        event.sequence,
        transaction.line,
        event.position,
        transaction.owner,
        transaction.user,
        transaction.asset,
        transaction.category.value,
        transaction.amount,
        transaction.balance_after,
        transaction.occurred_us,
        transaction.recorded_us,
        transaction.reference or "",
        [each.lot for each in slices],
        [each.kind.value for each in slices],
        [each.amount for each in slices],
        event.hash,
    )


READ_MODEL = ReadModel(
    "analysts_transactions",
    AnalystsTransactionRow,
    transactions_of,
    _row,
    for_analysts=True,
    table="transactions",
)
