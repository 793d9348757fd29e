"""Conversion: money of a wallet in dollars becomes credits of the same owner, at the fixed rate."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.credits.admission import check_active, check_admission, check_lots, check_room
from ledger.credits.deposits import receive, repayment
from ledger.credits.due import record_due
from ledger.credits.facts import WalletFact
from ledger.credits.lots import Kind, Lot, Paid, Slice
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.money import MICROCREDITS_PER_USD
from ledger.kernel.times import microseconds

MICROCREDITS_PER_CENT = MICROCREDITS_PER_USD // 100


class MoneyConverted(WalletFact):
    """Dollars left to become credits."""

    TOPIC: ClassVar[str] = "credits.MoneyConverted"
    fingerprint: str
    lots: list[Slice]
    credits: int
    balance_after: int

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.remove(self.lots)


class CreditsConverted(WalletFact):
    """Credits came from dollars."""

    TOPIC: ClassVar[str] = "credits.CreditsConverted"
    lot: Lot
    balance_after: int
    repaid: int = 0

    def apply(self, aggregate: WalletBase) -> None:
        receive(aggregate.funds, self.lot, self.repaid)


def convert(
    dollars: WalletBase, target: WalletBase, cents: int, at: datetime, *, fingerprint: str
) -> None:
    """Turn cents of one wallet into credits of another: one cent is ten credits."""
    now_us = microseconds(at)
    amount = cents * MICROCREDITS_PER_CENT
    funds = dollars.funds.copy()
    due = funds.fall_due(now_us)
    check_active(dollars)
    check_admission(dollars, funds, cents, now_us)
    receiving = target.funds.copy()
    target_due = receiving.fall_due(now_us)
    check_room(receiving, amount, target.asset)
    check_lots(receiving)
    slices = list(funds.spendable(cents, now_us))
    funds.remove(slices)
    record_due(dollars, due, at)
    dollars.trigger_event(
        MoneyConverted,
        timestamp=at,
        fingerprint=fingerprint,
        lots=slices,
        credits=amount,
        balance_after=funds.balance,
    )
    record_due(target, target_due, at)
    lot = Lot(
        f"{target.version + 1}-0", Kind.PURCHASED, amount, now_us, paid=Paid(cents, dollars.asset)
    )
    target.trigger_event(
        CreditsConverted,
        timestamp=at,
        lot=lot,
        balance_after=receiving.balance + amount,
        repaid=repayment(receiving, lot, at),
    )
