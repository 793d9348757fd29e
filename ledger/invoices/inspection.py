"""Checks of invoices: their numbers have no gap and each is one document's, sums are those of their
lines, and where one is follows from what was paid and taken back."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ledger.inspection import Folded, Has, Inspection
from ledger.invoices.bill import check_bill
from ledger.invoices.credit_notes import CreditNoteIssued
from ledger.invoices.disputes import PaymentDisputed, PaymentDisputeWon
from ledger.invoices.documents import DocumentKept
from ledger.invoices.earning import term_of, unearned
from ledger.invoices.endings import InvoiceVoided, InvoiceWrittenOff
from ledger.invoices.fees import PaymentFeeRecorded
from ledger.invoices.invoice_base import InvoiceFact
from ledger.invoices.issuing import InvoiceIssued
from ledger.invoices.number_book import NumberBook
from ledger.invoices.payments import InvoicePaid, PaymentApplied
from ledger.invoices.refunds import PaymentRefunded, PaymentRefundFailed
from ledger.invoices.returns import credits_of
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ports import RecordedEvent
from ledger.purchases.inspection import returned_by
from ledger.purchases.movement_inspection import BookMovement, is_payment, movement_of


@movement_of.register
def _kept(fact: PaymentFeeRecorded) -> BookMovement:
    return BookMovement(fact.provider, fact.booking.movement, is_of_payment=True)


@is_payment.register
def _paid(fact: PaymentApplied) -> bool:
    return True


@returned_by.register
def _refunded(fact: PaymentRefunded) -> dict[str, int]:
    return {"taken": credits_of(fact.taken)}


@returned_by.register
def _came_back(fact: PaymentRefundFailed) -> dict[str, int]:
    return {"restored": fact.credits}


@returned_by.register
def _disputed(fact: PaymentDisputed) -> dict[str, int]:
    return {"taken": credits_of(fact.taken)}


@returned_by.register
def _won(fact: PaymentDisputeWon) -> dict[str, int]:
    return {"restored": fact.credits}


class Numbered(NamedTuple):
    """A document by its id, and the number that it has."""

    number: str
    of: str


@ByType
def numbered_by(fact: Fact) -> Numbered | None:
    """Return the document that has its number by a fact; most kinds of facts give none."""
    return None


@numbered_by.register
def _issued(fact: InvoiceIssued) -> Numbered:
    return Numbered(fact.number, name_of(fact.originator_id))


@numbered_by.register
def _credited(fact: CreditNoteIssued) -> Numbered:
    return Numbered(fact.note.number, fact.note.id)


class InvoiceInspection(Inspection):
    """Remembers the numbers that were taken, and of each open invoice what is left to pay."""

    KINDS = WHOLE = ("numbers", "invoices")

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._last: dict[str, int] = {}
        """Of each number book, the last number."""
        self._taken: dict[tuple[str, str], str] = {}
        """Of each number, the document that it was taken for and that has not been seen yet; empty
        once it was."""
        self._left: dict[tuple[str, str], int] = {}
        self._here: Counter[tuple[str, str]] = Counter()
        """Of each invoice, the money that came and has not gone back."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Check a number that is taken, and what is said of an invoice."""
        if not self.whole:
            return
        if isinstance(fact, NumberBook.NumberTaken):
            self._see_number(event, fact)
            return
        numbered = numbered_by(fact)
        if numbered is not None:
            self._see_document(event, *numbered)
        if isinstance(fact, InvoiceFact):
            self._see_invoice(event, fact, (event.org, name_of(fact.originator_id)))

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Report numbers that no document has."""
        for (org, number), of in self._taken.items():
            if of:
                detail = f"the number {number} was taken for {of}, which does not have it"
                self.report["numbers"].find(Place(org, row=f"number {number}"), detail)

    def _see_number(self, event: RecordedEvent, fact: NumberBook.NumberTaken) -> None:
        self.report["numbers"].checked += 1
        last = self._last.get(fact.originator_id)
        if last is not None and not fact.is_first and fact.number != last + 1:
            self._find(event, f"the number {fact.number} follows {last}", "numbers")
        if (event.org, fact.text) in self._taken:
            self._find(event, f"the number {fact.text} was taken before", "numbers")
        self._last[fact.originator_id] = fact.number
        self._taken[event.org, fact.text] = fact.of

    def _see_invoice(self, event: RecordedEvent, fact: InvoiceFact, place: tuple[str, str]) -> None:
        self.report["invoices"].checked += 1
        self._see_money(event, fact, place)
        match fact:
            case InvoiceIssued():
                self._see_issued(event, fact, place)
            case PaymentApplied():
                self._see_left(event, place, fact.payment.amount, fact.left)
            case CreditNoteIssued():
                self._see_left(event, place, fact.settles, fact.left)
                self._see_note(event, fact)
            case InvoiceWrittenOff():
                self._see_left(event, place, 0, fact.amount)
            case DocumentKept():
                activity = fact.document.activity
                if activity is not None and not activity.is_balanced:
                    self._find(event, "what it tells of credits does not add up", "invoices")
            case InvoicePaid():
                if self._left.pop(place, 0):
                    self._find(event, "it is said to be paid, and is not", "invoices")
            case InvoiceVoided():
                self._left.pop(place, None)

    def _see_money(self, event: RecordedEvent, fact: InvoiceFact, place: tuple[str, str]) -> None:
        match fact:
            case PaymentApplied():
                self._here[place] += fact.payment.amount
            case PaymentRefunded():
                self._here[place] -= fact.amount
            case PaymentRefundFailed(was_paid=True):
                self._here[place] += fact.amount
        if self._here[place] < 0:
            self._find(event, "more went back than was paid", "invoices")

    def _see_issued(
        self, event: RecordedEvent, fact: InvoiceIssued, place: tuple[str, str]
    ) -> None:
        self._left[place] = fact.bill.total
        try:
            check_bill(fact.bill)
        except Invalid as error:
            self._find(event, error.detail, "invoices")

    def _see_document(self, event: RecordedEvent, number: str, of: str) -> None:
        if self._taken.get((event.org, number)) != of:
            self._find(event, f"the number {number} was not taken for {of}", "numbers")
        self._taken[event.org, number] = ""

    def _see_left(
        self, event: RecordedEvent, place: tuple[str, str], amount: int, left: int
    ) -> None:
        before = self._left.get(place, 0)
        if before - amount != left:
            self._find(event, f"{before} were left before {amount}, not {left} after", "invoices")
        self._left[place] = left

    def _see_note(self, event: RecordedEvent, fact: CreditNoteIssued) -> None:
        note = fact.note
        wrong = [
            each for each in note.lines if each.amount - each.discount + each.tax != each.total
        ]
        if wrong or note.total != sum(each.total for each in note.lines):
            self._find(event, "the sums of the credit note are not those of its lines", "invoices")
        for line, part in zip(fact.lines, note.lines, strict=True):
            term = term_of(line)
            left = unearned(line.net, *term, note.issued_us) if term else 0
            if not 0 <= part.unearned <= min(part.total - part.tax, max(0, left)):
                self._find(event, f"{part.unearned} is no part of it of time to come", "invoices")
