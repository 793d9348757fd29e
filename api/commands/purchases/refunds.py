"""Refunds: `RequestRefund`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.purchases.lookup import find_purchase, policy_of
from api.commands.purchases.on_purchase import OnPurchase
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.texts import Text


@dataclass(frozen=True)
class RequestRefund(OnPurchase):
    """Ask for money to go back for what was not used: `amount` in its smallest unit, or all that
    can. `refund` is its id; `overrides`: also when the time for it is over, for a reason."""

    refund: str
    amount: int | None = None
    reason: Text | None = None
    overrides: bool = False

    operation: ClassVar[str] = "refunds"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def effect(self, unit: UnitOfWork) -> PendingFact:
        purchase, wallet = find_purchase(unit, self.org, self.purchase)
        purchase.request_refund(
            wallet,
            self.refund,
            self.amount,
            policy_of(unit, self.org).refund_window_us,
            unit.now(self.org),
            fingerprint=self.fingerprint,
            reason=self.reason.digest if self.reason else None,
            overrides=self.overrides,
        )
        requested = unit.record(purchase, self.actor, self.key)
        unit.record(wallet, self.actor)
        return requested
