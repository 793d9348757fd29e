"""The base of a wallet's facts, and the first of them."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from ledger.credits.wallet_base import WalletBase
from ledger.kernel.aggregate import FirstFact, LedgerAggregate


class WalletFact(LedgerAggregate.Event):
    """Something that happened to a wallet. `pending_after`: of its credits then, those that were
    not in effect yet."""

    pending_after: int = field(default=0, kw_only=True)

    def apply(self, aggregate: WalletBase) -> None:
        """Assign what happened."""


class WalletOpened(WalletFact, FirstFact):
    """The wallet's first transaction is about to follow."""

    TOPIC: ClassVar[str] = "credits.WalletOpened"
    owner: str
    asset: str
