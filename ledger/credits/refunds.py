"""Refunds: credit set aside for one cannot be spent while the money is on its way back."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.credits.due import record_due
from ledger.credits.facts import WalletFact
from ledger.credits.lots import Lot, Returned, Slice, slice_of
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.times import microseconds


class CreditsSetAside(WalletFact):
    """A part of what was bought waits until its money is refunded."""

    TOPIC: ClassVar[str] = "credits.CreditsSetAside"
    purchase: str
    refund: str
    part: Slice

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.set_aside(self.refund, self.part)


class CreditsRefunded(WalletFact):
    """What was set aside is gone: its money went back."""

    TOPIC: ClassVar[str] = "credits.CreditsRefunded"
    purchase: str
    refund: str
    part: Slice
    balance_after: int

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.end_set_aside(self.refund)


class CreditsPutBack(WalletFact):
    """What was set aside can be spent again: its money did not go back."""

    TOPIC: ClassVar[str] = "credits.CreditsPutBack"
    purchase: str
    refund: str
    returned: Returned

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.put_back(self.refund, self.returned)


def left_of(wallet: WalletBase, lot_id: str, at: datetime) -> int:
    """Return what can be spent of a lot at a moment."""
    funds = wallet.funds.copy()
    funds.fall_due(microseconds(at))
    return sum(each.left for each in funds.lots if each.terms.id == lot_id)


def set_aside(
    wallet: WalletBase, purchase: str, refund: str, lot: Lot, amount: int, at: datetime
) -> None:
    """Set so much of a lot aside; there must be so much left of it."""
    record_due(wallet, wallet.funds.copy().fall_due(microseconds(at)), at)
    wallet.trigger_event(
        CreditsSetAside,
        timestamp=at,
        purchase=purchase,
        refund=refund,
        part=slice_of(lot, amount),
    )


def let_go(wallet: WalletBase, purchase: str, refund: str, at: datetime) -> None:
    """Let what was set aside go with its money."""
    record_due(wallet, wallet.funds.copy().fall_due(microseconds(at)), at)
    part = wallet.funds.aside[refund]
    wallet.trigger_event(
        CreditsRefunded,
        timestamp=at,
        purchase=purchase,
        refund=refund,
        part=part,
        balance_after=wallet.funds.balance - part.amount,
    )


def put_back(wallet: WalletBase, purchase: str, refund: str, at: datetime) -> None:
    """Give what was set aside back to its lot; debt is paid first."""
    now_us = microseconds(at)
    record_due(wallet, wallet.funds.copy().fall_due(now_us), at)
    funds = wallet.funds.copy()
    wallet.trigger_event(
        CreditsPutBack,
        timestamp=at,
        purchase=purchase,
        refund=refund,
        returned=funds.give_back([funds.aside[refund]], now_us),
    )
