"""Hold expiry: nobody ended a hold in time, and what it set aside comes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from ledger.credits.facts import WalletFact
from ledger.credits.funds import Hold
from ledger.credits.losses import expired_rows
from ledger.credits.lots import Returned
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.rows import TableRow


class HoldExpired(WalletFact):
    """Nobody ended the hold in time. Until `capturable_until_us` the work may still be reported."""

    TOPIC: ClassVar[str] = "credits.HoldExpired"
    hold: Hold
    returned: Returned
    balance_after: int
    capturable_until_us: int

    def apply(self, aggregate: WalletBase) -> None:
        del aggregate.funds.holds[self.hold.id]
        aggregate.funds.apply_return(self.returned)
        aggregate.lapsed = {
            hold: until_us
            for hold, until_us in aggregate.lapsed.items()
            if until_us > self.recorded_us
        } | {self.hold.id: self.capturable_until_us}

    def rows(self) -> Iterable[TableRow]:
        return expired_rows(self.originator_id, self.returned.expired)
