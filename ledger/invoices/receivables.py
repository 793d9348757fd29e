"""Receivables: what facts change of what payers owe by an invoice: one pure function."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ledger.invoices.credit_notes import CreditNoteIssued
from ledger.invoices.endings import InvoiceVoided, InvoiceWrittenOff
from ledger.invoices.invoice_base import Method
from ledger.invoices.issuing import InvoiceIssued
from ledger.invoices.payments import PaymentApplied
from ledger.invoices.refunds import PaymentRefunded, PaymentRefundFailed
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType

_STRIPE = Method.STRIPE.value


class Owing(StrEnum):
    """Why more or less is owed."""

    ISSUED = "issued"
    PAID = "paid"
    CREDITED = "credited"
    VOIDED = "voided"
    WRITTEN_OFF = "written_off"
    REFUNDED = "refunded"
    REFUND_BACK = "refund_back"


class Receivable(NamedTuple):
    """A change, in the currency's smallest unit, below zero for what is owed no more. `number`: of
    the document, `method`: how it was paid; `due_us`: until when, zero where it is not said;
    `line`: its place in the fact. What is paid or taken back after it was written off was not owed:
    that is said beside it."""

    why: Owing
    user: str
    currency: str
    amount: int
    number: str = ""
    method: str = ""
    due_us: int = 0
    line: int = 0


@ByType
def receivables_of(fact: Fact) -> list[Receivable]:
    """Return what a fact changes; most kinds of facts change nothing."""
    return []


@receivables_of.register
def _issued(fact: InvoiceIssued) -> list[Receivable]:
    total = fact.bill.total
    return [
        Receivable(Owing.ISSUED, fact.user, fact.currency, total, fact.number, due_us=fact.due_us)
    ]


@receivables_of.register
def _paid(fact: PaymentApplied) -> list[Receivable]:
    payment = fact.payment
    paid = Receivable(
        Owing.PAID, fact.user, fact.currency, -payment.amount, method=payment.method.value
    )
    return [paid, *_again(fact, payment.amount)]


@receivables_of.register
def _credited(fact: CreditNoteIssued) -> list[Receivable]:
    note = fact.note
    amount = note.total - fact.gone_back
    credited = Receivable(Owing.CREDITED, fact.user, fact.currency, -amount, note.number)
    return [credited, *_again(fact, fact.settles)]


@receivables_of.register
def _refunded(fact: PaymentRefunded) -> list[Receivable]:
    return [Receivable(Owing.REFUNDED, fact.user, fact.currency, fact.amount, method=_STRIPE)]


@receivables_of.register
def _came_back(fact: PaymentRefundFailed) -> list[Receivable]:
    if not fact.was_paid:
        return []
    return [Receivable(Owing.REFUND_BACK, fact.user, fact.currency, -fact.amount, method=_STRIPE)]


@receivables_of.register
def _voided(fact: InvoiceVoided) -> list[Receivable]:
    if fact.bill is None:
        return []
    return [Receivable(Owing.VOIDED, fact.user, fact.currency, -fact.bill.total)]


@receivables_of.register
def _written_off(fact: InvoiceWrittenOff) -> list[Receivable]:
    return [Receivable(Owing.WRITTEN_OFF, fact.user, fact.currency, -fact.amount)]


def _again(fact: PaymentApplied | CreditNoteIssued, amount: int) -> list[Receivable]:
    if not (fact.was_written_off and amount):
        return []
    return [Receivable(Owing.WRITTEN_OFF, fact.user, fact.currency, amount, line=1)]
