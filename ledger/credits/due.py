"""Due: what time brings to a wallet, and recording it: lots that begin, lots and holds that end."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import ClassVar

from ledger.credits.facts import WalletFact
from ledger.credits.funds import Due
from ledger.credits.hold_expiry import HoldExpired
from ledger.credits.lot_expiry import LotsExpired
from ledger.credits.lots import Slice, total
from ledger.credits.suspensions import UNPAID, WalletResumed
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.limits import CAPTURE_AFTER_EXPIRY_US
from ledger.kernel.times import microseconds


class CreditsTookEffect(WalletFact):
    """Lots reached their effective time and paid debt that had been waiting. `began`: free ones
    that end what was left of others."""

    TOPIC: ClassVar[str] = "credits.CreditsTookEffect"
    repaid: list[Slice]
    began: list[str] = field(default_factory=list)

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.begin(self.began)
        aggregate.funds.repay(self.repaid)


def fall_due(wallet: WalletBase, at: datetime) -> None:
    """Record what time has brought, when nothing else is decided."""
    record_due(wallet, wallet.funds.copy().fall_due(microseconds(at)), at)


def record_due(wallet: WalletBase, due: Due, at: datetime) -> None:
    """Record what time had brought by this moment, computed on a copy of these funds."""
    if due.repaid or due.began:
        wallet.trigger_event(CreditsTookEffect, timestamp=at, repaid=due.repaid, began=due.began)
    for hold_id, returned in due.holds:
        hold = wallet.funds.holds[hold_id]
        wallet.trigger_event(
            HoldExpired,
            timestamp=at,
            hold=hold,
            returned=returned,
            balance_after=wallet.funds.balance - total(returned.expired),
            capturable_until_us=hold.expires_us + CAPTURE_AFTER_EXPIRY_US,
        )
    if due.expired:
        wallet.trigger_event(
            LotsExpired,
            timestamp=at,
            lots=due.expired,
            balance_after=wallet.funds.balance - total(due.expired),
        )
    if due.resumed:
        wallet.trigger_event(WalletResumed, timestamp=at, fingerprint="", cause=UNPAID)
