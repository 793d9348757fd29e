"""The gone lines: what of the lines of an order went back with its money."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.ordering.order_base import OrderBase, RefundedLine
from ledger.ordering.order_refunds import back_of
from ledger.ordering.order_terms import PlacedLine


def is_gone(order: OrderBase, line: PlacedLine) -> bool:
    """Tell whether the money of a whole line is back with the buyer, or all its units went."""
    return is_whole(line, back_of(order))


def is_whole(line: PlacedLine, parts: Iterable[RefundedLine]) -> bool:
    """Tell whether parts that went back are all of a line: its units, or what was paid for it."""
    of_line = [each for each in parts if each.line == line.id]
    if sum(each.units for each in of_line) >= line.units:
        return True
    return 0 < line.to_pay <= sum(each.amount for each in of_line)


def credits_back(line: PlacedLine, left: int, part: RefundedLine) -> int:
    """Return how many credits go with a part of a line: those of its units, or where it has none
    the share that its money has bought; at most those that are left."""
    if part.units:
        return min(left, part.units * _credits(line))
    return min(left, share_of(line, part.amount, line.to_pay))


def share_of(line: PlacedLine, amount: int, of: int) -> int:
    """Return the credits of a line that an amount of what was paid has bought."""
    return line.units * _credits(line) * amount // of if of else 0


def _credits(line: PlacedLine) -> int:
    return (line.benefit.credits or 0) if line.benefit is not None else 0
