"""Conversion: money of a wallet in dollars becomes credits of the same owner, at the fixed rate."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from ledger.credits.debits import check_active, check_admission
from ledger.credits.deposits import check_lots, check_room, receive, repayment
from ledger.credits.facts import WalletFact
from ledger.credits.lots import Kind, Lot, Paid, Slice
from ledger.kernel.money import MICROCREDITS_PER_USD
from ledger.kernel.times import microseconds

if TYPE_CHECKING:
    from ledger.credits.wallet import Wallet

MICROCREDITS_PER_CENT = MICROCREDITS_PER_USD // 100


class MoneyConverted(WalletFact):
    """Dollars left to become credits."""

    TOPIC: ClassVar[str] = "credits.MoneyConverted"
    fingerprint: str
    lots: list[Slice]
    credits: int
    balance_after: int

    def apply(self, aggregate: Wallet) -> None:
        aggregate.funds.remove(self.lots)


class CreditsConverted(WalletFact):
    """Credits came from dollars."""

    TOPIC: ClassVar[str] = "credits.CreditsConverted"
    lot: Lot
    balance_after: int
    repaid: int = 0

    def apply(self, aggregate: Wallet) -> None:
        receive(aggregate.funds, self.lot, self.repaid)


def convert(dollars: Wallet, target: Wallet, cents: int, at: datetime, *, fingerprint: str) -> None:
    """Turn cents of one wallet into credits of another: one cent is ten credits."""
    now_us = microseconds(at)
    amount = cents * MICROCREDITS_PER_CENT
    funds = dollars.funds.copy()
    due = funds.fall_due(now_us)
    check_active(dollars)
    check_admission(funds, cents, now_us, dollars.asset)
    receiving = target.funds.copy()
    target_due = receiving.fall_due(now_us)
    check_room(receiving, amount, target.asset)
    check_lots(receiving)
    slices = list(funds.spendable(cents, now_us))
    funds.remove(slices)
    dollars.record_due(due, at)
    dollars.trigger_event(
        MoneyConverted,
        timestamp=at,
        fingerprint=fingerprint,
        lots=slices,
        credits=amount,
        balance_after=funds.balance,
    )
    target.record_due(target_due, at)
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
