"""The summary `invoices`: each invoice, where it is and what is left to pay, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.invoices.credit_notes import CreditNoteIssued
from ledger.invoices.endings import InvoiceVoided, InvoiceWrittenOff
from ledger.invoices.issuing import DraftChanged, InvoiceDrafted, InvoiceIssued
from ledger.invoices.payments import InvoicePaid, PaymentApplied
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from projections.changes import Change, summary_of


class InvoiceRow(NamedTuple):
    """An invoice. Amounts in the currency's smallest unit: `net` without tax, `remaining` still to
    be paid. `status`: draft, open, paid, void or uncollectible."""

    org: str
    invoice: str
    owner: str | None
    currency: str | None
    status: str | None
    number: str | None
    net: int | None
    tax: int | None
    total: int | None
    remaining: int | None
    drafted_us: int | None
    issued_us: int | None
    due_us: int | None
    ended_us: int | None
    sequence: int


@ByType
def changes_of(fact: Fact) -> list[Change]:
    """Return what a fact says of an invoice; most kinds of facts say nothing."""
    return []


@changes_of.register
def _drafted(fact: InvoiceDrafted) -> list[Change]:
    draft = fact.draft
    return _of(
        fact,
        owner=draft.user,
        currency=draft.currency,
        status="draft",
        drafted_us=fact.recorded_us,
    )


@changes_of.register
def _changed(fact: DraftChanged) -> list[Change]:
    return _of(fact, owner=fact.draft.user, currency=fact.draft.currency)


@changes_of.register
def _issued(fact: InvoiceIssued) -> list[Change]:
    bill = fact.bill
    return _of(
        fact,
        owner=fact.user,
        currency=fact.currency,
        status="open",
        number=fact.number,
        net=bill.total - bill.tax,
        tax=bill.tax,
        total=bill.total,
        remaining=bill.total,
        issued_us=fact.recorded_us,
        due_us=fact.due_us,
    )


@changes_of.register
def _applied(fact: PaymentApplied) -> list[Change]:
    return _of(fact, remaining=fact.left)


@changes_of.register
def _credited(fact: CreditNoteIssued) -> list[Change]:
    return _of(fact, remaining=fact.left)


@changes_of.register
def _paid(fact: InvoicePaid) -> list[Change]:
    return _of(fact, status="paid", remaining=0, ended_us=fact.recorded_us)


@changes_of.register
def _voided(fact: InvoiceVoided) -> list[Change]:
    return _of(fact, status="void", remaining=0, ended_us=fact.recorded_us)


@changes_of.register
def _written_off(fact: InvoiceWrittenOff) -> list[Change]:
    return _of(fact, status="uncollectible", remaining=fact.amount, ended_us=fact.recorded_us)


def _of(fact: Fact, **values: object) -> list[Change]:
    return [Change((name_of(fact.originator_id),), values)]


READ_MODEL = summary_of("invoices", InvoiceRow, changes_of, 2, frozenset({"drafted_us"}))
