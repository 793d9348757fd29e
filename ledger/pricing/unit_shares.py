"""Unit shares: what units of a line come to, so that any run of them and the rest are the line."""

from __future__ import annotations


def share_of_units(amount: int, units: int, after: int, count: int) -> int:
    """Return what `count` units come to of an amount of `units`, after the first `after` of them.

    The first k together are the amount's part of them, rounded down; so whatever the runs are by
    which units go back, one after another, together they are exactly the amount.
    """
    return amount * (after + count) // units - amount * after // units
