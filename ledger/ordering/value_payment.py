"""The value payment: what an order pays from one gift card, from its buyer's store credit, or from
what another gives for goods that came back.

How much each pays is decided when the order is placed, in the order of its sources, and stays. What
goes back goes backwards: to what has paid last first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from ledger.stored_value.value_source import SourceKind, ValueSource, source_at


class AskedValue(NamedTuple):
    """A source that an order is to be paid from, `limit` at most, or with all that is there.
    `field`: how the request calls it."""

    source: ValueSource
    field: str
    limit: int | None = None


class ValuePayment(msgspec.Struct, frozen=True):
    """So much from a source, by its path."""

    source: str
    amount: int

    @property
    def of(self) -> ValueSource:
        """The source."""
        return source_at(self.source)

    @property
    def is_exchange(self) -> bool:
        """Whether another order gives it, or is given it."""
        return self.of.kind is SourceKind.EXCHANGE


def sum_of(payments: Iterable[ValuePayment]) -> int:
    """Return what payments come to."""
    return sum(each.amount for each in payments)


def paid_by_kind(payments: Iterable[ValuePayment], kind: SourceKind) -> int:
    """Return what gift cards have paid, or what store credit has."""
    return sum_of(each for each in payments if each.of.kind is kind)


def backwards(
    paid: Sequence[ValuePayment], gone: Iterable[ValuePayment], amount: int
) -> list[ValuePayment]:
    """Return where an amount goes back that was paid and has not gone, never more than each has
    left."""
    back: Counter[str] = Counter()
    for each in gone:
        back[each.source] += each.amount
    found = []
    for each in reversed(paid):
        part = min(amount, each.amount - back[each.source])
        if part:
            found.append(ValuePayment(each.source, part))
            amount -= part
    return found
