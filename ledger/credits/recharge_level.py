"""The recharge level of a wallet: the one number that its decisions are compared with."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.credits.due import record_due
from ledger.credits.facts import WalletFact
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.times import microseconds


class RechargeLevelSet(WalletFact):
    """Credit is bought by itself when less than this can be spent; 0: it is not."""

    TOPIC: ClassVar[str] = "credits.RechargeLevelSet"
    below: int

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.recharge_below = self.below


def set_recharge_level(wallet: WalletBase, below: int, at: datetime) -> None:
    """Set below which available amount credit is bought."""
    if below != wallet.recharge_below:
        record_due(wallet, wallet.funds.copy().fall_due(microseconds(at)), at)
        wallet.trigger_event(RechargeLevelSet, timestamp=at, below=below)


def is_low(wallet: WalletBase, at: datetime) -> bool:
    """Tell whether credit must be bought; never for a wallet that is suspended."""
    if not wallet.recharge_below or wallet.is_suspended:
        return False
    return wallet.funds.available(microseconds(at)) < wallet.recharge_below
