"""Billed lines: what facts add to what payers were asked for, line by line, and what they take back
of it: one pure function."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ledger.invoices.bill import Bill
from ledger.invoices.credit_notes import CreditNoteIssued
from ledger.invoices.earning import term_of
from ledger.invoices.endings import InvoiceVoided
from ledger.invoices.issuing import InvoiceIssued
from ledger.invoices.item import Item
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType


class Document(StrEnum):
    """What says it."""

    INVOICE = "invoice"
    VOID = "void"
    CREDIT_NOTE = "credit_note"


class BilledLine(NamedTuple):
    """A line, in the currency's smallest unit, below zero where it is taken back. `unearned`: so
    much of it, without tax, is earned by the second from `from_us` until `until_us`, which are zero
    where nothing of the line is; the rest at once, or by use where it is of a purchase. `number`:
    the document's; a void has none. `line`: its place in the fact, `place` in the invoice."""

    line: int
    document: Document
    number: str
    user: str
    currency: str
    place: int
    item: Item
    amount: int
    discount: int
    tax: int
    total: int
    unearned: int
    from_us: int
    until_us: int

    @property
    def net(self) -> int:
        """What it is without tax."""
        return self.total - self.tax


@ByType
def billed_by(fact: Fact) -> Sequence[BilledLine]:
    """Return the lines of a fact; most kinds of facts have none."""
    return ()


@billed_by.register
def _issued(fact: InvoiceIssued) -> list[BilledLine]:
    return _whole(fact, Document.INVOICE, fact.number, fact.bill, 1)


@billed_by.register
def _voided(fact: InvoiceVoided) -> Sequence[BilledLine]:
    return () if fact.bill is None else _whole(fact, Document.VOID, "", fact.bill, -1)


@billed_by.register
def _credited(fact: CreditNoteIssued) -> list[BilledLine]:
    found = []
    for number, (line, part) in enumerate(zip(fact.lines, fact.note.lines, strict=True)):
        term = term_of(line)
        found.append(
            BilledLine(
                number,
                Document.CREDIT_NOTE,
                fact.note.number,
                fact.user,
                fact.currency,
                part.line,
                line.item,
                -part.amount,
                -part.discount,
                -part.tax,
                -part.total,
                -part.unearned,
                max(term.from_us, fact.recorded_us) if term else 0,
                term.until_us if term else 0,
            )
        )
    return found


def _whole(
    fact: InvoiceIssued | InvoiceVoided, document: Document, number: str, bill: Bill, sign: int
) -> list[BilledLine]:
    found = []
    for place, line in enumerate(bill.lines):
        term = term_of(line)
        found.append(
            BilledLine(
                place,
                document,
                number,
                fact.user,
                fact.currency,
                place,
                line.item,
                sign * line.amount,
                sign * line.discount,
                sign * line.tax,
                sign * line.total,
                sign * line.net if term else 0,
                term.from_us if term else 0,
                term.until_us if term else 0,
            )
        )
    return found
