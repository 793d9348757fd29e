"""Invoiced debt: what a wallet owes becomes an invoice's, and its own again if that is void."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import ClassVar

from ledger.credits.due import record_due
from ledger.credits.facts import WalletFact
from ledger.credits.lots import Slice
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.times import microseconds


class DebtInvoiced(WalletFact):
    """Debt is owed by an invoice from now on, and by the wallet no more."""

    TOPIC: ClassVar[str] = "credits.DebtInvoiced"
    invoice: str
    amount: int
    balance_after: int

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.debt -= self.amount


class DebtRestored(WalletFact):
    """The invoice of a debt is void: the wallet owes it again, of which credit has `repaid` a part
    at once."""

    TOPIC: ClassVar[str] = "credits.DebtRestored"
    invoice: str
    amount: int
    balance_after: int
    repaid: list[Slice] = field(default_factory=list)

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.debt += self.amount
        aggregate.funds.repay(self.repaid)


def debt_to_invoice(wallet: WalletBase, at: datetime) -> int:
    """Return the debt that can be invoiced at a moment. None of a wallet that a refund or a dispute
    has left in debt: money that went back is not asked for as use."""
    funds = wallet.funds.copy()
    funds.fall_due(microseconds(at))
    return 0 if funds.unpaid else funds.debt


def invoice_debt(wallet: WalletBase, invoice: str, amount: int, at: datetime) -> None:
    """Have debt be owed by an invoice."""
    record_due(wallet, wallet.funds.copy().fall_due(microseconds(at)), at)
    assert 0 < amount <= wallet.funds.debt
    wallet.trigger_event(
        DebtInvoiced,
        timestamp=at,
        invoice=invoice,
        amount=amount,
        balance_after=wallet.funds.balance + amount,
    )


def restore_debt(wallet: WalletBase, invoice: str, amount: int, at: datetime) -> None:
    """Have debt be owed by the wallet again, as far as the ledger can hold it."""
    now_us = microseconds(at)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    amount = min(amount, AMOUNT_MAX - funds.debt)
    if not amount:
        return
    record_due(wallet, due, at)
    funds.debt += amount
    balance = funds.balance
    wallet.trigger_event(
        DebtRestored,
        timestamp=at,
        invoice=invoice,
        amount=amount,
        balance_after=balance,
        repaid=funds.repay_all(now_us),
    )
