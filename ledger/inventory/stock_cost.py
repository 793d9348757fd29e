"""The stock cost: what a movement of units is in money.

Costs of an org are all in one currency, in integers of its smallest unit. `value` and `sold` and
`settled` of a movement together are what came in from outside: nothing is lost between them.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import STOCK_COST_MAX, STOCK_VALUE_MAX


class Outlay(NamedTuple):
    """What was paid for units, or is known to have been: for all of them together."""

    amount: int
    currency: str


class StockCost(msgspec.Struct, frozen=True, omit_defaults=True):
    """By how much a movement changes what stock is worth, and what it has cost to sell.

    `value`: of what is on hand at its cost; `sold`: what units cost that were sold, below zero for
    those that came back; `settled`: what units cost more than was thought that had been sold before
    they came, or below zero less.
    """

    currency: str
    value: int = 0
    sold: int = 0
    settled: int = 0


def check_cost(cost: int, field: str = "cost") -> int:
    """Raise Invalid for more than units may cost together."""
    if not 0 <= cost <= STOCK_COST_MAX:
        raise Invalid(
            f"{field} is more than units may cost together: at most {STOCK_COST_MAX} of the "
            "currency's smallest unit.",
            field=field,
        )
    return cost


def check_value(value: int, field: str = "cost") -> int:
    """Raise Invalid where stock would be worth more than can be counted."""
    if abs(value) > STOCK_VALUE_MAX:
        raise Invalid(f"{field} would make the stock worth more than can be counted.", field=field)
    return value
