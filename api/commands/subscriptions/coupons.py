"""Coupons: `PublishCoupon`, and how one is redeemed with a subscription, and given back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.subscriptions.lookup import find_coupon
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.actor import Actor
from ledger.kernel.ids import split_stream_id
from ledger.subscriptions.coupon import Coupon, HeldCoupon
from ledger.subscriptions.coupon_book import CouponBook, coupon_id
from ledger.subscriptions.redeeming import check_may_redeem
from ledger.subscriptions.subscription import Subscription
from ledger.subscriptions.subscription_base import Holding
from ledger.subscriptions.subscription_facts import CouponReturned


@dataclass(frozen=True)
class PublishCoupon(KeyedCommand):
    """Publish a coupon of an org from now on; who has redeemed it keeps what they have."""

    coupon: Coupon

    operation: ClassVar[str] = "coupons"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at, name = unit.now(self.org), self.coupon.id
        found = unit.get(CouponBook, coupon_id(self.org, name))
        book = found or CouponBook.open(self.org, name, at)
        book.publish(self.coupon, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)


def offered(
    unit: UnitOfWork, org: str, coupon: str, subscription: Subscription, holding: Holding
) -> HeldCoupon:
    """Return what a payer would have who redeems a coupon now; nothing is recorded yet. Refused
    where they cannot."""
    book, now = find_coupon(unit, org, coupon), subscription.subscription
    check_may_redeem(now, coupon)
    return book.offer(holding.plan.plan, now.number + now.is_over, unit.now(org))


def redeem(
    unit: UnitOfWork,
    org: str,
    subscription: Subscription,
    held: HeldCoupon,
    actor: Actor,
    *,
    fingerprint: str = "",
) -> None:
    """Record that a payer has redeemed what they were offered; the subscription's own fact is for
    the caller to record, who does it in the same commit."""
    book, at = find_coupon(unit, org, held.published.coupon.id), unit.now(org)
    book.redeem(held, subscription.user, at)
    unit.record(book, actor)
    subscription.apply_coupon(held, at, fingerprint=fingerprint)


def give_back(unit: UnitOfWork, cause: PendingFact) -> None:
    """Let another payer redeem the coupon of a subscription that never began."""
    fact = cause.fact
    assert isinstance(fact, CouponReturned)
    org, _ = split_stream_id(cause.aggregate_id)
    book = find_coupon(unit, org, fact.coupon)
    book.give_back(fact.redemption, fact.user, unit.now(org))
    unit.record(book, cause.actor)
