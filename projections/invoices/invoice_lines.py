"""The read model `invoice_lines`: one row a line of an invoice or credit note, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.invoices.billed_lines import BilledLine, billed_by
from ledger.invoices.postings import EARNS
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class InvoiceLineRow(NamedTuple):
    """A line, in the currency's smallest unit, below zero where it is taken back.

    `document`: invoice, void or credit_note; `place`: of the line in its invoice; `source`: what
    made it, `of` the id of that; `earns`: of what it is income. `net`: without tax; of it
    `unearned` is earned by the second from `from_us` until `until_us`.
    """

    org: str
    sequence: int
    line: int
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
    from_us: int
    until_us: int
    recorded_us: int


def invoice_line_row(event: RecordedEvent, each: BilledLine) -> InvoiceLineRow:
    """Return the row of a line."""
    return InvoiceLineRow(
        event.org,
        event.sequence,
        each.line,
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
    )


READ_MODEL = ReadModel("invoice_lines", InvoiceLineRow, billed_by, invoice_line_row)
