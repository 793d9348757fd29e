"""Postings of invoices: the double entry of their facts in money, by one pure function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ledger.credits.postings import CONVERSION, Posting
from ledger.invoices.bill import Bill, InvoiceLine
from ledger.invoices.credit_notes import CreditNoteIssued
from ledger.invoices.earning import term_of
from ledger.invoices.endings import InvoiceVoided, InvoiceWrittenOff
from ledger.invoices.invoice_base import Method, Payment
from ledger.invoices.issuing import InvoiceIssued
from ledger.invoices.item import Source
from ledger.invoices.payments import PaymentApplied
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType

INVOICED = "Assets:Receivable:Invoices"
TAX = "Liabilities:Tax"
BAD_DEBT = "Expenses:BadDebt"
SUBSCRIPTIONS = "Subscriptions"
PURCHASES = "Purchases"
ORDERS = "Orders"

EARNS = {
    Source.SUBSCRIPTION: SUBSCRIPTIONS,
    Source.SEATS: SUBSCRIPTIONS,
    Source.PRORATION: SUBSCRIPTIONS,
    Source.PURCHASE: PURCHASES,
    Source.OVERAGE: "Overage",
    Source.ORDER: ORDERS,
    Source.ADJUSTMENT: "Other",
}


class Booked(NamedTuple):
    """The legs of a fact in its currency; they sum to zero."""

    currency: str
    postings: list[Posting]


def account_of(line: InvoiceLine) -> str:
    """Return where a line's price goes: credits and time that are bought ahead are owed until they
    are earned."""
    earns = EARNS[line.item.source]
    is_ahead = earns == PURCHASES or term_of(line) is not None
    return deferred(earns) if is_ahead else income(earns)


def deferred(earns: str) -> str:
    """Return where the price of what is not earned yet is."""
    return f"Liabilities:Deferred:{earns}"


def income(earns: str) -> str:
    """Return where what is earned is."""
    return f"Income:{earns}"


_PAID_TO = {
    Method.BANK: "Assets:Bank",
    Method.STRIPE: "Assets:Processor:stripe",
    Method.PURCHASE: CONVERSION,
    Method.ORDER: income(ORDERS),
}
"""Where the money of an invoice is. That of an order is income by the order's own entry, and its
invoice is paid from there: what the invoice books as income and as tax is all that stays."""


@ByType
def booked_by(fact: Fact) -> Booked | None:
    """Return what a fact books; most kinds of facts book nothing."""
    return None


@booked_by.register
def _issued(fact: InvoiceIssued) -> Booked:
    return Booked(fact.currency, _legs(_asked_for(fact.bill)))


@booked_by.register
def _voided(fact: InvoiceVoided) -> Booked | None:
    if fact.bill is None:
        return None
    return Booked(fact.currency, _legs((name, -n) for name, n in _asked_for(fact.bill)))


@booked_by.register
def _paid(fact: PaymentApplied) -> Booked:
    owed = BAD_DEBT if fact.was_written_off else INVOICED
    amount = fact.payment.amount
    return Booked(fact.currency, _legs([(_paid_to(fact.payment), amount), (owed, -amount)]))


@booked_by.register
def _written_off(fact: InvoiceWrittenOff) -> Booked:
    return Booked(fact.currency, _legs([(BAD_DEBT, fact.amount), (INVOICED, -fact.amount)]))


@booked_by.register
def _credited(fact: CreditNoteIssued) -> Booked:
    note = fact.note
    legs = [
        (account_of(line), each.total - each.tax)
        for line, each in zip(fact.lines, note.lines, strict=True)
    ]
    legs.append((TAX, note.tax))
    back = fact.gone_back
    if note.refund is not None:
        legs.append((_paid_to(note.refund), -back))
    settled = BAD_DEBT if fact.was_written_off else INVOICED
    legs += [(settled, -fact.settles), (INVOICED, -(note.total - fact.settles - back))]
    return Booked(fact.currency, _legs(legs))


def _asked_for(bill: Bill) -> list[tuple[str, int]]:
    return [
        (INVOICED, bill.total),
        *((account_of(line), -line.net) for line in bill.lines),
        (TAX, -bill.tax),
    ]


def _paid_to(payment: Payment) -> str:
    return _PAID_TO[payment.method]


def _legs(amounts: Iterable[tuple[str, int]]) -> list[Posting]:
    sums: Counter[str] = Counter()
    for account, amount in amounts:
        sums[account] += amount
    return [Posting(account, amount) for account, amount in sums.items() if amount]
