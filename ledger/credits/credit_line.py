"""The credit line of a wallet: how far beyond its credit work may begin that is paid for later."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.credits.admission import check_admission, check_funds
from ledger.credits.due import record_due
from ledger.credits.facts import WalletFact
from ledger.credits.funds import Funds
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.times import microseconds

UNLIMITED = AMOUNT_MAX
"""The limit of a line that has none."""


class CreditLineSet(WalletFact):
    """Work may begin up to `limit` beyond the credit of the wallet; 0: none may. `mark`: the debt
    at which there is something to do; 0: none."""

    TOPIC: ClassVar[str] = "credits.CreditLineSet"
    limit: int
    mark: int = 0

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.credit_line = self.limit
        aggregate.line_mark = self.mark


def set_credit_line(wallet: WalletBase, limit: int, at: datetime, *, mark: int = 0) -> None:
    """Set the limit of the line; 0: there is none. Holds that stand on it stay. `mark`: the debt at
    which who sets it has something to do."""
    if (limit, mark) != (wallet.credit_line, wallet.line_mark):
        record_due(wallet, wallet.funds.copy().fall_due(microseconds(at)), at)
        wallet.trigger_event(CreditLineSet, timestamp=at, limit=limit, mark=mark)


def is_at_mark(wallet: WalletBase) -> bool:
    """Tell whether the debt has reached the mark; that of money that went back does not count."""
    funds = wallet.funds
    return 0 < wallet.line_mark <= funds.debt and not funds.unpaid


def left_of_line(limit: int, funds: Funds) -> int:
    """Return what a line leaves beyond the credit: all of it less the debt, and what open holds
    have set aside of it. Below zero where use has gone further."""
    return limit - funds.debt - sum([hold.on_credit for hold in funds.holds.values()])


def check_work(wallet: WalletBase, funds: Funds, required: int, now_us: int, own: int = 0) -> None:
    """Refuse what neither the credit of a wallet nor its line has room for, nor a member's own."""
    if not wallet.credit_line:
        check_admission(wallet, funds, required, now_us, own)
    elif required > own:
        room = left_of_line(wallet.credit_line, funds)
        check_funds(wallet, funds.available(now_us) + own, required, room)
