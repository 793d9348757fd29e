"""The analysts' table `invoice_lines`: one row a line of an invoice or credit note, in
ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.invoices.billed_lines import BilledLine, billed_by
from ledger.ports import RecordedEvent
from projections.invoices.invoice_lines import invoice_line_row
from projections.read_model import ReadModel


class AnalystsInvoiceLineRow(NamedTuple):
    """A line, in the currency's smallest unit, below zero where it is taken back. Of `net`,
    `unearned` is earned by the second from `earned_from` until `earned_until`. Times in
    microseconds."""

    org: str
    sequence: int
    line: int
    position: int
    invoice: str
    document: str
    number: str
    owner: str
    place: int
    source: str
    of: str
    text: str
    currency: str
    amount: int
    discount: int
    net: int
    tax: int
    total: int
    earns: str
    unearned: int
    earned_from: int
    earned_until: int
    recorded_at: int
    hash: bytes


def _row(event: RecordedEvent, each: BilledLine) -> AnalystsInvoiceLineRow:
    """Return the row of PostgreSQL, with the place of its event and what proves that."""
    row = invoice_line_row(event, each)
    return AnalystsInvoiceLineRow._make((*row[:3], event.position, *row[3:], event.hash))


READ_MODEL = ReadModel(
    "analysts_invoice_lines",
    AnalystsInvoiceLineRow,
    billed_by,
    _row,
    for_analysts=True,
    table="invoice_lines",
)
