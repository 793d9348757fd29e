"""Redemptions: `RedeemPromotion`, `ReleaseRedemption`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.promotions.lookup import find_promotion
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import NotFound
from ledger.promotions.customer_redemptions import CustomerRedemptions, customer_id
from ledger.promotions.redeeming import Redeemed
from ledger.promotions.redemption import Redemption, redemption_id


@dataclass(frozen=True)
class RedeemPromotion(KeyedCommand):
    """Have an order have a promotion, within its limits and its budget: decided on the promotion,
    so that of any number at once no more have it than may."""

    promotion: str
    redeemed: Redeemed

    operation: ClassVar[str] = "redemptions"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        book, at = find_promotion(unit, self.org, self.promotion), unit.now(self.org)
        order = self._order(unit)
        order.redeem(self.redeemed, at)
        customer = self._customer(unit)
        by_customer = customer.redeemed if customer else 0
        book.redeem(self.redeemed, by_customer, at, fingerprint=self.fingerprint)
        if customer is not None:
            customer.redeem(self.redeemed.order, at)
            unit.record(customer, self.actor)
        unit.record(order, self.actor)
        return unit.record(book, self.actor, self.key)

    def _order(self, unit: UnitOfWork) -> Redemption:
        name = redemption_id(self.org, self.promotion, self.redeemed.order)
        found = unit.get(Redemption, name)
        return found or Redemption.open(
            self.org, self.promotion, self.redeemed.order, unit.now(self.org)
        )

    def _customer(self, unit: UnitOfWork) -> CustomerRedemptions | None:
        user = self.redeemed.user
        if user is None:
            return None
        found = unit.get(CustomerRedemptions, customer_id(self.org, self.promotion, user))
        return found or CustomerRedemptions.open(self.org, self.promotion, user, unit.now(self.org))


@dataclass(frozen=True)
class ReleaseRedemption(KeyedCommand):
    """Have an order have a promotion no more: it counts as if it had never had it."""

    promotion: str
    order: str

    operation: ClassVar[str] = "redemptions-released"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        book, at = find_promotion(unit, self.org, self.promotion), unit.now(self.org)
        order = unit.get(Redemption, redemption_id(self.org, self.promotion, self.order))
        if order is None:
            raise NotFound("the order has not redeemed the promotion.", field="order")
        redeemed = order.release(at)
        unit.record(order, self.actor)
        if redeemed.user is not None:
            customer = unit.get(
                CustomerRedemptions, customer_id(self.org, self.promotion, redeemed.user)
            )
            assert customer is not None  # the order was redeemed by them
            customer.release(redeemed.order, at)
            unit.record(customer, self.actor)
        book.release(redeemed, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)
