"""The balance of a wallet at a moment: a pure function of its state and the time."""

from __future__ import annotations

import msgspec

from ledger.credits.credit_line import left_of_line
from ledger.credits.funds import Funds
from ledger.credits.lots import OpenLot


class Balance(msgspec.Struct, frozen=True):
    """A wallet at one moment, in smallest units.

    `available` can be spent now, `held` is set aside by holds, `debt` is owed, `pending` has been
    granted but is not effective yet. `lots` are the open ones, in burn order. `credit_line`: how
    far beyond its credit work may begin, of which so much is `line_left`. `is_unpaid`: a refund or
    a dispute has left the debt.
    """

    available: int
    held: int
    debt: int
    pending: int
    lots: list[OpenLot]
    credit_line: int = 0
    line_left: int = 0
    is_unpaid: bool = False

    @property
    def total(self) -> int:
        """available + held - debt: what the wallet is worth now."""
        return self.available + self.held - self.debt


def balance_at(funds: Funds, now_us: int, credit_line: int = 0) -> Balance:
    """Return the balance at a moment, also when what fell due since is not recorded yet."""
    current = funds.copy()
    current.fall_due(now_us)
    available = current.available(now_us)
    return Balance(
        available=available,
        held=current.held,
        debt=current.debt,
        pending=current.pending(now_us),
        lots=current.lots,
        credit_line=credit_line,
        is_unpaid=bool(current.unpaid),
        line_left=max(0, left_of_line(credit_line, current)) if credit_line else 0,
    )
