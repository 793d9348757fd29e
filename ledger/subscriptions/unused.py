"""The unused part of a period that was paid for, by the lines of its invoice."""

from __future__ import annotations

from ledger.invoices.credit_notes import taken_back
from ledger.invoices.invoice_base import InvoiceState
from ledger.invoices.item import Source
from ledger.invoices.shares import spread
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.proration import left_of


def unused_lines(invoice: InvoiceState, period: Period, at_us: int) -> dict[int, int]:
    """Return what is not used of an issued invoice's lines at a moment of the period that it paid
    for, by their places: what was used beyond the credits of the one before is used."""
    assert invoice.issued is not None
    lines = {
        place: line.total
        for place, line in enumerate(invoice.issued.bill.lines)
        if line.item.source is not Source.OVERAGE
    }
    left = {place: max(0, total) - taken_back(invoice, place) for place, total in lines.items()}
    (unused,) = left_of([sum(lines.values())], period, at_us)
    taken = sum(taken_back(invoice, place) for place in lines)
    amount = min(unused, sum(lines.values()) - taken)
    shares = spread(max(amount, 0), list(left.values()))
    return {place: share for place, share in zip(left, shares, strict=True) if share}
