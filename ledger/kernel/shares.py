"""Shares: whole units of a total, in proportion and exact: the units that are left over go to the
largest remainders, of equal ones to the first.

Amounts are integers of a currency's smallest unit.
"""

from __future__ import annotations

from collections.abc import Sequence


def half_even(numerator: int, denominator: int) -> int:
    """Return a quotient rounded once, to the nearest integer, a half to the even one; the
    denominator is above zero."""
    whole, rest = divmod(numerator, denominator)
    if 2 * rest == denominator:
        return whole + whole % 2
    return whole + (2 * rest > denominator)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Return a total as shares in proportion to weights of zero or more, which sum to it.

    What is taken is spread as what is given: the shares of `-total` are those of `total`, negated.
    """
    whole = sum(weights)
    if not total or not whole:
        return [0] * len(weights)
    if total < 0:
        return [-share for share in spread(-total, weights)]
    return apportion(total, [total * weight for weight in weights], whole)


def apportion(total: int, numerators: Sequence[int], denominator: int) -> list[int]:
    """Return a total as the quotients that make it up, each rounded down or up.

    The quotients may be below zero; together they are less than one from the total.
    """
    shares = [numerator // denominator for numerator in numerators]
    remainders = [numerator % denominator for numerator in numerators]
    largest = sorted(range(len(shares)), key=lambda place: (-remainders[place], place))
    for place in largest[: total - sum(shares)]:
        shares[place] += 1
    return shares
