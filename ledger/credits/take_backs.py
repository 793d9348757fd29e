"""Take-backs: credit whose money was taken from us, and its restoring when the money came again.

What is left of the lot goes first, then other credit that can be spent, then it is debt.
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from ledger.credits.admission import check_debt
from ledger.credits.due import record_due
from ledger.credits.facts import WalletFact
from ledger.credits.lots import Lot, Slice, slice_of, total
from ledger.credits.reversals import Restored
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.times import microseconds


class Cause(StrEnum):
    """Why money was taken from us."""

    REFUND = "refund"
    DISPUTE = "dispute"


class Taken(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was taken, and where it came from: lots with their terms, and debt that was left."""

    parts: list[Restored] = []
    debt: int = 0

    def of(self, lot_id: str) -> int:
        """Return how much came from a lot."""
        return sum(each.amount for each in self.parts if each.lot.id == lot_id)


class CreditsTakenBack(WalletFact):
    """What was bought is paid for no more: `lots` of it went, and what was out of it is `debt`, of
    which other credit has `repaid` a part at once. `of` is the provider's id of the refund or
    dispute."""

    TOPIC: ClassVar[str] = "credits.CreditsTakenBack"
    purchase: str
    cause: Cause
    of: str
    amount: int
    balance_after: int
    lots: list[Slice] = field(default_factory=list)
    debt: int = 0
    repaid: list[Slice] = field(default_factory=list)

    def apply(self, aggregate: WalletBase) -> None:
        funds = aggregate.funds
        funds.remove(self.lots)
        funds.debt += self.debt
        funds.repay(self.repaid)


class CreditsRestored(WalletFact):
    """What was taken back is paid for again. `cancelled` lowered open debt, the rest is `restored`
    to lots; `expired` of it had expired meanwhile, `repaid` paid other debt."""

    TOPIC: ClassVar[str] = "credits.CreditsRestored"
    purchase: str
    cause: Cause
    of: str
    amount: int
    balance_after: int
    cancelled: int = 0
    restored: list[Restored] = field(default_factory=list)
    expired: list[Slice] = field(default_factory=list)
    repaid: list[Slice] = field(default_factory=list)

    def apply(self, aggregate: WalletBase) -> None:
        funds = aggregate.funds
        funds.debt -= self.cancelled
        for each in self.restored:
            funds.restore(each.lot, each.amount)
        funds.remove(self.expired)
        funds.repay(self.repaid)


def take_back(
    wallet: WalletBase,
    purchase: str,
    lot: Lot,
    cause: Cause,
    of: str,
    amount: int,
    at: datetime,
) -> Taken:
    """Take an amount of what was bought; return where it came from."""
    now_us = microseconds(at)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    terms = {each.terms.id: each.terms for each in funds.lots}
    left = sum(each.left for each in funds.lots if each.terms.id == lot.id)
    own = min(left, amount)
    lots = [slice_of(lot, own)] if own else []
    check_debt(funds, amount - own)
    record_due(wallet, due, at)
    funds.remove(lots)
    funds.debt += amount - own
    balance = funds.balance
    repaid = funds.repay_all(now_us)
    wallet.trigger_event(
        CreditsTakenBack,
        timestamp=at,
        purchase=purchase,
        cause=cause,
        of=of,
        amount=amount,
        balance_after=balance,
        lots=lots,
        debt=amount - own,
        repaid=repaid,
    )
    parts = [Restored(terms[part.lot], part.amount) for part in lots + repaid]
    return Taken(parts, amount - own - total(repaid))


def restore(
    wallet: WalletBase,
    purchase: str,
    lot: Lot,
    cause: Cause,
    of: str,
    taken: Taken,
    at: datetime,
) -> None:
    """Give back what was taken: to the lots that it came from, to open debt, and to its own lot
    what had paid the debt since. No lot lasts longer for it."""
    now_us = microseconds(at)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    cancelled = min(taken.debt, funds.debt)
    parts = list(taken.parts)
    if taken.debt > cancelled:
        parts.append(Restored(lot, taken.debt - cancelled))
    record_due(wallet, due, at)
    funds.debt -= cancelled
    for each in parts:
        funds.restore(each.lot, each.amount)
    balance = funds.balance
    expired = [slice_of(each.lot, each.amount) for each in parts if each.lot.expired_at(now_us)]
    funds.remove(expired)
    wallet.trigger_event(
        CreditsRestored,
        timestamp=at,
        purchase=purchase,
        cause=cause,
        of=of,
        amount=cancelled + sum(each.amount for each in parts),
        balance_after=balance,
        cancelled=cancelled,
        restored=parts,
        expired=expired,
        repaid=funds.repay_all(now_us),
    )
