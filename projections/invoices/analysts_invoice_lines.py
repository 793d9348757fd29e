"""The analysts' table `invoice_lines`: one row a line of an invoice or credit note, in
ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.invoices.billed_lines import BilledLine, billed_by
from ledger.invoices.postings import EARNS
from ledger.ports import RecordedEvent
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
    return AnalystsInvoiceLineRow(
        event.org,
        event.sequence,
        each.line,
        event.position,
        event.stream.partition("/")[2],
        each.document.value,
        each.number,
        each.user,
        each.place,
        each.item.source.value,
        each.item.of or "",
        each.item.text,
        each.currency,
        each.amount,
        each.discount,
        each.net,
        each.tax,
        each.total,
        EARNS[each.item.source],
        each.unearned,
        each.from_us,
        each.until_us,
        event.recorded_us,
        event.hash,
    )


READ_MODEL = ReadModel(
    "analysts_invoice_lines",
    AnalystsInvoiceLineRow,
    billed_by,
    _row,
    for_analysts=True,
    table="invoice_lines",
)
