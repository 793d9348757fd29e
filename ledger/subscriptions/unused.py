"""The unused part of what an invoice asks for a period, by its lines."""

from __future__ import annotations

from ledger.invoices.credit_notes import taken_back
from ledger.invoices.invoice_base import InvoiceState
from ledger.invoices.item import Source
from ledger.kernel.shares import spread
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.proration import left_of


def unused_of(invoice: InvoiceState, asked: int | None, period: Period, at_us: int) -> int:
    """Return what is not used at a moment of what an invoice asks for a period: all of it, or an
    amount. What was used beyond the credits of the one before is used; what a person has taken back
    already is not taken back again."""
    lines = _lines(invoice)
    whole = sum(lines.values())
    (unused,) = left_of([whole if asked is None else asked], period, at_us)
    taken = sum(taken_back(invoice, place) for place in lines)
    return max(0, min(unused, whole - taken))


def unused_lines(invoice: InvoiceState, amount: int) -> dict[int, int]:
    """Return so much of what is not used of an invoice by its lines, by their places."""
    lines = _lines(invoice)
    left = {place: max(0, total) - taken_back(invoice, place) for place, total in lines.items()}
    shares = spread(amount, list(left.values()))
    return {place: share for place, share in zip(left, shares, strict=True) if share}


def _lines(invoice: InvoiceState) -> dict[int, int]:
    assert invoice.issued is not None
    return {
        place: line.total
        for place, line in enumerate(invoice.issued.bill.lines)
        if line.item.source is not Source.OVERAGE
    }
