"""Reviews of purchases: what a person must look at before its credits can be given on or back."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.credits.lots import Lot
from ledger.kernel.aggregate import Reasoned
from ledger.purchases.notice import Money
from ledger.purchases.purchase_base import Flag, PurchaseBase, PurchaseFact


class PurchaseFlagged(PurchaseFact):
    """A person must look at it. `money`: what the provider said of it."""

    TOPIC: ClassVar[str] = "purchases.PurchaseFlagged"
    why: Flag
    money: Money | None = None

    def apply(self, aggregate: PurchaseBase) -> None:
        aggregate.flags = [*aggregate.flags, self.why]


class ReviewClosed(Reasoned, PurchaseFact):
    """A person has looked at it. `lot`: what had been held back and is granted now."""

    TOPIC: ClassVar[str] = "purchases.ReviewClosed"
    fingerprint: str
    user: str
    is_approved: bool
    lot: Lot | None = None
    reason: str | None = None

    def apply(self, aggregate: PurchaseBase) -> None:
        aggregate.flags = []
        if self.lot is not None:
            aggregate.lot = self.lot

    def person(self, subject: str) -> str:
        return self.user


def flag(
    purchase: PurchaseBase,
    why: Flag,
    at: datetime,
    *,
    money: Money | None = None,
    notice: str | None = None,
) -> None:
    """Have a person look at a purchase, for each reason once."""
    if why not in purchase.flags:
        purchase.trigger_event(PurchaseFlagged, timestamp=at, why=why, money=money, notice=notice)
