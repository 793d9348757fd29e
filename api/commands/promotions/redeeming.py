"""Redeeming, and what becomes of a redemption: decided in a unit of work, for any command.

`check` refuses what cannot be and records nothing, so that a command of another context can ask for
several promotions before it has one.
"""

from __future__ import annotations

from api.commands.promotions.lookup import find_promotion
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.actor import Actor
from ledger.kernel.errors import NotFound
from ledger.kernel.times import microseconds
from ledger.promotions.customer_redemptions import CustomerRedemptions, customer_id
from ledger.promotions.promotion_book import PromotionBook, promotion_id
from ledger.promotions.redeeming import Redeemed, check_redeemable
from ledger.promotions.redemption import Redemption, check_not_redeemed, redemption_id


def redemption_refs(org: str, promotion: str, order: str, user: str | None) -> list[AggregateRef]:
    """Return what a redemption is decided on, to fetch it all at once."""
    refs: list[AggregateRef] = [
        (PromotionBook, promotion_id(org, promotion)),
        (Redemption, redemption_id(org, promotion, order)),
    ]
    if user is not None:
        refs.append((CustomerRedemptions, customer_id(org, promotion, user)))
    return refs


def check(unit: UnitOfWork, org: str, promotion: str, redeemed: Redeemed) -> None:
    """Refuse an order that cannot have a promotion, within its limits and its budget."""
    book = find_promotion(unit, org, promotion)
    order = unit.get(Redemption, redemption_id(org, promotion, redeemed.order))
    check_not_redeemed(order)
    customer = _customer(unit, org, promotion, redeemed.user)
    by_customer = customer.redeemed if customer else 0
    check_redeemable(book.current, redeemed, by_customer, microseconds(unit.now(org)))


def redeem(
    unit: UnitOfWork,
    org: str,
    promotion: str,
    redeemed: Redeemed,
    actor: Actor,
    *,
    key: str = "",
    fingerprint: str = "",
) -> PendingFact:
    """Have an order have a promotion: decided on the promotion, so that of any number at once no
    more have it than may. Refused as by `check`."""
    check(unit, org, promotion, redeemed)
    book, at = find_promotion(unit, org, promotion), unit.now(org)
    name = redemption_id(org, promotion, redeemed.order)
    order = unit.get(Redemption, name) or Redemption.open(org, promotion, redeemed.order, at)
    order.redeem(redeemed, at)
    customer = _customer(unit, org, promotion, redeemed.user)
    if customer is None and redeemed.user is not None:
        customer = CustomerRedemptions.open(org, promotion, redeemed.user, at)
    book.redeem(redeemed, customer.redeemed if customer else 0, at, fingerprint=fingerprint)
    if customer is not None:
        customer.redeem(redeemed.order, at)
        unit.record(customer, actor)
    unit.record(order, actor)
    return unit.record(book, actor, key)


def has_redeemed(unit: UnitOfWork, org: str, promotion: str, order: str) -> bool:
    """Tell whether an order has a promotion."""
    found = unit.get(Redemption, redemption_id(org, promotion, order))
    return found is not None and found.redeemed is not None


def release(
    unit: UnitOfWork,
    org: str,
    promotion: str,
    order: str,
    actor: Actor,
    *,
    key: str = "",
    fingerprint: str = "",
) -> PendingFact:
    """Have an order have a promotion no more: it counts as if it had never had it. Refused where it
    has not."""
    book, at = find_promotion(unit, org, promotion), unit.now(org)
    found = unit.get(Redemption, redemption_id(org, promotion, order))
    if found is None:
        raise NotFound("the order has not redeemed the promotion.", field="order")
    redeemed = found.release(at)
    unit.record(found, actor)
    customer = _customer(unit, org, promotion, redeemed.user)
    if customer is not None:
        customer.release(order, at)
        unit.record(customer, actor)
    book.release(redeemed, at, fingerprint=fingerprint)
    return unit.record(book, actor, key)


def _customer(
    unit: UnitOfWork, org: str, promotion: str, user: str | None
) -> CustomerRedemptions | None:
    if user is None:
        return None
    return unit.get(CustomerRedemptions, customer_id(org, promotion, user))
