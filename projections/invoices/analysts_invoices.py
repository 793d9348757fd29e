"""The analysts' table `invoices`: one row a change of what is owed by an invoice, in ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.invoices.receivables import Receivable, receivables_of
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class AnalystsInvoiceRow(NamedTuple):
    """A change of what is owed. `amount`, in the currency's smallest unit, is below zero for what
    is owed no more. Times in microseconds."""

    org: str
    sequence: int
    line: int
    position: int
    invoice: str
    owner: str
    movement: str
    number: str
    method: str
    amount: int
    currency: str
    due_at: int
    recorded_at: int
    hash: bytes


def _row(event: RecordedEvent, each: Receivable) -> AnalystsInvoiceRow:
    return AnalystsInvoiceRow(
        event.org,
        event.sequence,
        each.line,
        event.position,
        event.stream.partition("/")[2],
        each.user,
        each.why.value,
        each.number,
        each.method,
        each.amount,
        each.currency,
        each.due_us,
        event.recorded_us,
        event.hash,
    )


READ_MODEL = ReadModel(
    "analysts_invoices",
    AnalystsInvoiceRow,
    receivables_of,
    _row,
    for_analysts=True,
    table="invoices",
)
