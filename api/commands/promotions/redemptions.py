"""Redemptions: `RedeemPromotion`, `ReleaseRedemption`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.promotions import redeeming
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.promotions.redeeming import Redeemed


@dataclass(frozen=True)
class RedeemPromotion(KeyedCommand):
    """Have an order have a promotion."""

    promotion: str
    redeemed: Redeemed

    operation: ClassVar[str] = "redemptions"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        order, user = self.redeemed.order, self.redeemed.user
        return redeeming.redemption_refs(self.org, self.promotion, order, user)

    def effect(self, unit: UnitOfWork) -> PendingFact:
        return redeeming.redeem(
            unit,
            self.org,
            self.promotion,
            self.redeemed,
            self.actor,
            key=self.key,
            fingerprint=self.fingerprint,
        )


@dataclass(frozen=True)
class ReleaseRedemption(KeyedCommand):
    """Have an order have a promotion no more."""

    promotion: str
    order: str

    operation: ClassVar[str] = "redemptions-released"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return redeeming.redemption_refs(self.org, self.promotion, self.order, None)

    def effect(self, unit: UnitOfWork) -> PendingFact:
        return redeeming.release(
            unit,
            self.org,
            self.promotion,
            self.order,
            self.actor,
            key=self.key,
            fingerprint=self.fingerprint,
        )
