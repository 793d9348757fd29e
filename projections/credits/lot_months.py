"""The summary `lot_months`: what became of lots of bought credits, by month, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.credits.lot_uses import LotUse, lot_uses_of
from ledger.kernel.times import month_of
from projections.summary import Sum, Summary, Summed, Told


class LotMonthRow(NamedTuple):
    """What became of a lot in a month, in the asset's smallest unit; below zero where it came back.

    `used`: for work, or for a debt of work; `expired`: unused, or withdrawn; `returned`: with its
    money; `taken`: while its money is away.
    """

    org: str
    owner: str
    asset: str
    lot: str
    month: str
    used: Sum
    expired: Sum
    returned: Sum
    taken: Sum
    sequence: int


def _add(rows: Summed, event: Told, lines: Sequence[LotUse]) -> None:
    month = month_of(event.recorded_us)
    for each in lines:
        place = (event.org, each.owner, each.asset, each.lot, month)
        row = rows.setdefault(place, [0, 0, 0, 0, 0])
        for column, amount in enumerate((each.used, each.expired, each.returned, each.taken)):
            row[column] += amount
        row[-1] = event.sequence


READ_MODEL = Summary("lot_months", LotMonthRow, lot_uses_of, 5, _add)
