"""Earning: what of the price of a time is not earned yet at a moment, by the second, exact in
integers."""

from __future__ import annotations

from typing import NamedTuple

from ledger.invoices.bill import InvoiceLine
from ledger.invoices.item import Source
from ledger.kernel.shares import half_even

_SECOND_US = 1_000_000
_BY_TIME = frozenset({Source.SUBSCRIPTION, Source.SEATS, Source.PRORATION})


class Term(NamedTuple):
    """The time over which something is earned, half-open."""

    from_us: int
    until_us: int


def term_of(line: InvoiceLine) -> Term | None:
    """Return the time over which a line is earned; None: it is so at once, or by use."""
    item = line.item
    if item.source not in _BY_TIME or item.until_us is None:
        return None
    return Term(item.until_us if item.from_us is None else item.from_us, item.until_us)


def unearned(amount: int, from_us: int, until_us: int, at_us: int) -> int:
    """Return what of an amount for a time, half-open, is not earned yet at a moment: half-even by
    the seconds that remain. What has no second is earned at its end."""
    if at_us >= until_us:
        return 0
    whole = seconds(until_us - from_us)
    if at_us <= from_us or not whole:
        return amount
    return half_even(amount * seconds(until_us - at_us), whole)


def seconds(us: int) -> int:
    """Return the whole seconds of a time; one that has begun is used."""
    return us // _SECOND_US
