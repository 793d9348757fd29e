"""What time takes: lots that expire."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ledger.credits.facts import WalletFact
from ledger.credits.lots import Slice

if TYPE_CHECKING:
    from ledger.credits.wallet import Wallet


class LotsExpired(WalletFact):
    """What was left of lots is gone: at their expiry, or of free ones when new ones came."""

    TOPIC: ClassVar[str] = "credits.LotsExpired"
    lots: list[Slice]
    balance_after: int

    def apply(self, aggregate: Wallet) -> None:
        aggregate.funds.remove(self.lots)
