"""Lot expiry: when a lot ends, by its own time or its kind's, and that it did (months in UTC)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from ledger.credits.facts import WalletFact
from ledger.credits.losses import expired_rows
from ledger.credits.lots import Kind, Slice, Terms
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import ROLL_OVER_US
from ledger.kernel.rows import TableRow
from ledger.kernel.times import check_time, month_end


class LotsExpired(WalletFact):
    """What was left of lots is gone: at their expiry, or of free ones when new ones came."""

    TOPIC: ClassVar[str] = "credits.LotsExpired"
    lots: list[Slice]
    balance_after: int

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.remove(self.lots)

    def rows(self) -> Iterable[TableRow]:
        return expired_rows(self.originator_id, self.lots)


def expiry_of(terms: Terms, effective_us: int) -> int | None:
    """Return when a lot ends: `free` with the month it begins in, `included` 90 days after its
    period."""
    if terms.period_end_us is not None:
        if terms.kind is not Kind.INCLUDED:
            raise Invalid("period_end goes with the kind included.", field="period_end")
        if terms.expires_us is not None:
            raise Invalid("give period_end or expires_at, not both.", field="period_end")
        return check_time(terms.period_end_us + ROLL_OVER_US, "period_end")
    if terms.expires_us is None and terms.kind is Kind.FREE:
        return check_time(month_end(effective_us), "effective_at")
    return terms.expires_us
