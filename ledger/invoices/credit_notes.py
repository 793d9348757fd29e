"""Credit notes of an invoice: parts of its lines taken back, with the shares of discount and tax
that the line was issued with.

Of a line, what was taken back so far has `half_even(share * credited / total)` of each share, so
that several credit notes take what one would have, and all of it when nothing is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.invoices.bill import InvoiceLine
from ledger.invoices.earning import term_of, unearned
from ledger.invoices.invoice_base import (
    CreditedLine,
    CreditNote,
    InvoiceBase,
    InvoiceFact,
    InvoiceState,
    Issued,
    Method,
    Payment,
    Status,
)
from ledger.invoices.payments import check_payment
from ledger.invoices.refunds import refunded_payment
from ledger.invoices.returns import Refund
from ledger.kernel.aggregate import Reasoned
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.money import format_amount
from ledger.kernel.shares import half_even, spread
from ledger.kernel.times import microseconds
from ledger.purchases.notice import RefundState


class CreditNoteIssued(Reasoned, InvoiceFact):
    """A part of it is taken back. `settles`: so much of it was still to be paid; the rest is owed
    to the payer, or goes back as the note's `refund`: of the payment `refunds`, whose provider then
    says whether it did. `was_written_off`: nobody thought that it would be paid."""

    TOPIC: ClassVar[str] = "invoices.CreditNoteIssued"
    fingerprint: str
    user: str
    currency: str
    invoice: str
    note: CreditNote
    settles: int
    left: int
    lines: list[InvoiceLine]
    was_written_off: bool = False
    reason: str | None = None
    refunds: str | None = None

    @property
    def gone_back(self) -> int:
        """The money that went back with it, where nobody tells of that by itself."""
        refund = self.note.refund
        return refund.amount if refund is not None and self.refunds is None else 0

    def apply(self, aggregate: InvoiceBase) -> None:
        aggregate.becomes(credit_notes=[*aggregate.invoice.credit_notes, self.note])
        refund = self.note.refund
        if refund is not None and self.refunds is not None:
            asked = Refund(
                id=self.note.id,
                payment=self.refunds,
                amount=refund.amount,
                state=RefundState.PENDING,
                number=refund.reference,
            )
            aggregate.becomes(refunds=[*aggregate.invoice.refunds, asked])

    def person(self, subject: str) -> str:
        return self.user


def credit(
    invoice: InvoiceBase,
    note: str,
    number: str,
    totals: Mapping[int, int],
    at: datetime,
    *,
    refund: Payment | None = None,
    fingerprint: str = "",
    reason: str | None = None,
) -> None:
    """Take back so much of lines, by their places, each with its tax. `refund`: how what was paid
    for it goes back, whatever its amount says. Raises Invalid."""
    state, issued = check_creditable(invoice)
    lines = [
        _credited(state, place, total, issued.bill.lines[place], microseconds(at))
        for place, total in sorted(totals.items())
    ]
    whole = sum(each.total for each in lines)
    settles, refunds = min(whole, state.left), None
    if refund is not None:
        refund = _refund(refund, whole - settles, at)
        if refund.method is Method.STRIPE:
            refunds = refunded_payment(state, refund.amount, refund.reference)
    issued_note = CreditNote(
        id=note,
        number=number,
        lines=lines,
        tax=sum(each.tax for each in lines),
        total=whole,
        issued_us=microseconds(at),
        refund=refund,
        reason=reason,
    )
    invoice.trigger_event(
        CreditNoteIssued,
        timestamp=at,
        fingerprint=fingerprint,
        user=state.draft.user,
        currency=state.draft.currency,
        invoice=issued.number,
        note=issued_note,
        settles=settles,
        left=state.left - settles,
        lines=[issued.bill.lines[each.line] for each in lines],
        was_written_off=state.status is Status.UNCOLLECTIBLE,
        reason=reason,
        refunds=refunds,
    )


def totals_of(invoice: InvoiceBase, asked: Mapping[int, int] | int | None) -> dict[int, int]:
    """Return what is taken back of each line: as it is asked, an amount spread over what is left of
    the lines by largest remainder, or all that is left. Raises Invalid or Conflict."""
    state, _ = check_creditable(invoice)
    left = left_of_lines(invoice)
    rest = min(sum(left.values()), state.total - state.credited)
    if not rest:
        raise Conflict("all of the invoice was taken back before.", field="id")
    if isinstance(asked, Mapping):
        return _checked(asked, left, rest, state)
    amount = rest if asked is None else asked
    if not 0 < amount <= rest:
        raise Invalid(_limited(rest, state), field="amount")
    shares = spread(amount, list(left.values()))
    return {place: share for place, share in zip(left, shares, strict=True) if share}


def left_of_lines(invoice: InvoiceBase) -> dict[int, int]:
    """Return what of each line, by its place, was not taken back. Raises Conflict."""
    state, issued = check_creditable(invoice)
    taken = Counter[int]()
    for note in state.credit_notes:
        for each in note.lines:
            taken[each.line] += each.total
    return {
        place: max(0, line.total) - taken[place] for place, line in enumerate(issued.bill.lines)
    }


def check_creditable(invoice: InvoiceBase) -> tuple[InvoiceState, Issued]:
    """Return what an invoice says, if credit notes can be written of it. Raises Conflict."""
    state = invoice.invoice
    if state.issued is None or state.status is Status.VOID:
        raise Conflict(f"the invoice is {state.status}: nothing of it is taken back.", field="id")
    return state, state.issued


def taken_back(state: InvoiceState, place: int) -> int:
    """Return what credit notes have taken back of a line."""
    return sum(
        line.total for note in state.credit_notes for line in note.lines if line.line == place
    )


def _checked(
    asked: Mapping[int, int], left: Mapping[int, int], rest: int, state: InvoiceState
) -> dict[int, int]:
    for number, (place, amount) in enumerate(asked.items()):
        if place not in left:
            raise Invalid(f"lines.{number}.line is none.", field=f"lines.{number}.line")
        if not 0 < amount <= left[place]:
            raise Invalid(_limited(left[place], state), field=f"lines.{number}.amount")
    if not 0 < sum(asked.values()) <= rest:
        raise Invalid(_limited(rest, state), field="lines")
    return dict(asked)


def _credited(
    state: InvoiceState, place: int, total: int, line: InvoiceLine, at_us: int
) -> CreditedLine:
    before = taken_back(state, place)
    tax = _part(line.tax, before + total, line.total) - _part(line.tax, before, line.total)
    discount = _part(line.discount, before + total, line.total) - _part(
        line.discount, before, line.total
    )
    return CreditedLine(
        line=place,
        amount=total - tax + discount,
        discount=discount,
        tax=tax,
        total=total,
        unearned=min(total - tax, max(0, _unearned(state, place, line, at_us))),
    )


def _unearned(state: InvoiceState, place: int, line: InvoiceLine, at_us: int) -> int:
    """Return what of a line is for time to come, less what of that was taken back before."""
    term = term_of(line)
    if term is None:
        return 0
    return unearned(line.net, *term, at_us) - sum(
        unearned(each.unearned, max(term.from_us, note.issued_us), term.until_us, at_us)
        for note in state.credit_notes
        for each in note.lines
        if each.line == place
    )


def _part(share: int, credited: int, total: int) -> int:
    return half_even(share * credited, total)


def _refund(refund: Payment, amount: int, at: datetime) -> Payment:
    if not amount:
        raise Invalid("nothing of what is taken back was paid.", field="refund")
    check_payment(refund, at, "refund.")
    return msgspec.structs.replace(refund, amount=amount)


def _limited(limit: int, state: InvoiceState) -> str:
    currency = state.draft.currency
    return f"it must be more than zero, at most {format_amount(limit, currency)} {currency}."
