"""The holdings of an order: stock, promotions, its cart and what it is paid from, had or released
together in a unit of work.

`check` refuses what cannot be had and records nothing; what an order holds is released by its own
ids, so that it never lets go of another's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from api.commands.access import checking
from api.commands.appointments import booking
from api.commands.by import By
from api.commands.internal_transfers import checking as transfers
from api.commands.inventory import reserving
from api.commands.inventory.lookup import (
    FoundReservation,
    Reserved,
    locations_of,
    still_reserved,
    stock_refs,
    stocks_at,
)
from api.commands.ordering import exchanging
from api.commands.promotions import redeeming
from api.commands.stored_value import claiming
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.inventory.allocation import Place
from ledger.inventory.reservation import Part, Reservation, StockLine
from ledger.kernel.actor import Actor
from ledger.ordering.cart_checkout import CartCheckout, checkout_id
from ledger.ordering.order import Order
from ledger.ordering.order_base import CartRef
from ledger.ordering.order_terms import AppliedPromotion, OrderTerms
from ledger.ordering.value_payment import ValuePayment
from ledger.promotions.redeeming import Redeemed


class Wanted(NamedTuple):
    """What an order is to hold: by its id, for whom, at which terms, of which cart, and what it is
    paid from."""

    order: str
    user: str | None
    terms: OrderTerms
    cart: CartRef | None
    paid_from: Sequence[ValuePayment] = ()

    def redeemed(self, applied: AppliedPromotion) -> Redeemed:
        """Return what it has of a promotion."""
        return Redeemed(self.order, applied.amount, self.terms.currency, self.user)


def wanted_by(order: Order) -> Wanted:
    """Return what an order that was placed holds, or held."""
    return Wanted(order.id_in_org, order.user, order.terms, order.cart, order.paid_from)


def refs(unit: UnitOfWork, org: str, wanted: Wanted) -> Iterable[AggregateRef]:
    """Return what is decided on, to fetch it all at once."""
    found = stock_refs(org, _places(unit, org, wanted.terms))
    for each in wanted.terms.promotions:
        found += redeeming.redemption_refs(org, each.promotion, wanted.order, wanted.user)
    if wanted.cart is not None:
        found.append((CartCheckout, checkout_id(org, wanted.cart.id)))
    return found


def check(unit: UnitOfWork, org: str, wanted: Wanted) -> list[Part]:
    """Return from where stock would be taken. Refused where something cannot be had."""
    if wanted.cart is not None:
        checkout = unit.get(CartCheckout, checkout_id(org, wanted.cart.id))
        if checkout is not None:
            checkout.check_free(wanted.order)
    for each in wanted.terms.promotions:
        redeeming.check(unit, org, each.promotion, wanted.redeemed(each))
    checking.check(unit, org, wanted.user, wanted.terms)
    booking.check(unit, org, wanted.terms)
    transfers.check(unit, org, wanted.terms)
    for part in wanted.paid_from:
        currency = wanted.terms.currency
        if part.is_exchange:
            exchanging.check(unit, org, part, wanted.order)
        else:
            claiming.check_claim(unit, org, part.of, wanted.order, part.amount, currency)
    lines = _tracked(unit, org, wanted.terms)
    return reserving.allocate(unit, org, lines) if lines else []


def hold(
    unit: UnitOfWork,
    org: str,
    wanted: Wanted,
    reservation: str,
    parts: list[Part],
    ends_us: int,
    actor: Actor,
) -> None:
    """Have an order hold what was checked, its stock until a moment; what it is exchanged for is
    reserved by who began that."""
    if wanted.cart is not None:
        at, name = unit.now(org), checkout_id(org, wanted.cart.id)
        checkout = unit.get(CartCheckout, name) or CartCheckout.open(org, wanted.cart.id, at)
        checkout.claim(wanted.order, wanted.cart.version, at)
        unit.record(checkout, actor)
    for each in wanted.terms.promotions:
        redeeming.redeem(unit, org, each.promotion, wanted.redeemed(each), actor)
    for part in _stored(wanted.paid_from):
        currency = wanted.terms.currency
        claiming.claim(unit, org, part.of, wanted.order, part.amount, currency, By(actor))
    if parts:
        reserved = Reservation(reservation, wanted.order, ends_us)
        reserving.reserve(unit, org, reserved, parts, By(actor))


def are_whole(unit: UnitOfWork, org: str, order: Order) -> bool:
    """Tell whether all stock is still there that is reserved for an order, and all else that it
    sells can still be given."""
    if not checking.can_give(unit, org, order.user, order.terms):
        return False
    there = Counter({_place(each.left): each.left.quantity for each in _still(unit, org, order)})
    return there == Counter({_place(each): each.quantity for each in order.parts})


def keep(unit: UnitOfWork, org: str, order: Order, found: FoundReservation, actor: Actor) -> None:
    """Have an order keep what it holds, whatever time it is: it is bought, and what it is paid from
    is spent."""
    if found.parts:
        reserving.confirm_found(unit, org, found, By(actor))
    for each in order.paid_from:
        if each.is_exchange:
            exchanging.settle(unit, org, each, order.id_in_org, actor)
        else:
            claiming.settle(unit, org, each.of, order.id_in_org, By(actor))
    if order.cart is not None:
        checkout = unit.get(CartCheckout, checkout_id(org, order.cart.id))
        assert checkout is not None  # the order has claimed it
        checkout.buy(order.id_in_org, unit.now(org))
        unit.record(checkout, actor)


def release(unit: UnitOfWork, org: str, order: Order, actor: Actor) -> None:
    """Release all that an order still holds."""
    name = order.id_in_org
    release_stock(unit, org, order, actor)
    for each in order.terms.promotions:
        if redeeming.has_redeemed(unit, org, each.promotion, name):
            redeeming.release(unit, org, each.promotion, name, actor)
    for part in order.paid_from if order.number is None else ():  # else it is spent
        if part.is_exchange:
            exchanging.release(unit, org, part, name, actor)
        else:
            claiming.release(unit, org, part.of, name, By(actor))
    if order.cart is not None:
        checkout = unit.get(CartCheckout, checkout_id(org, order.cart.id))
        if checkout is not None and checkout.free(name, unit.now(org)):
            unit.record(checkout, actor)


def give_back(
    unit: UnitOfWork,
    org: str,
    order: Order,
    values: Sequence[ValuePayment],
    refund: str,
    actor: Actor,
) -> None:
    """Give back some of what an order has spent; what it gives a new order for goods that came back
    has its own way."""
    name, currency = order.id_in_org, order.terms.currency
    for each in values:
        if each.is_exchange and each.of.name not in order.exchanges:
            exchanging.give_back(unit, org, each, name, refund, actor)
    for each in _stored(values):
        claiming.give_back(unit, org, each.of, name, each.amount, currency, By(actor))


def release_stock(unit: UnitOfWork, org: str, order: Order, actor: Actor) -> None:
    """Release the stock that is still reserved for an order."""
    if _still(unit, org, order):
        reserving.release_found(unit, org, found_of(order), (), By(actor))


def found_of(order: Order) -> FoundReservation:
    """Return the reservation of an order, which it remembers itself."""
    reservation = Reservation(order.reservation, order.id_in_org, order.ends_us)
    return FoundReservation(reservation, order.parts)


def _stored(values: Sequence[ValuePayment]) -> list[ValuePayment]:
    return [each for each in values if not each.is_exchange]


def _still(unit: UnitOfWork, org: str, order: Order) -> list[Reserved]:
    return still_reserved(unit, org, found_of(order))


def _places(unit: UnitOfWork, org: str, terms: OrderTerms) -> list[Place]:
    """Return every place where there may be stock of what is ordered, active or not."""
    return [(location, sku) for sku in terms.units for location in locations_of(unit, org)]


def _tracked(unit: UnitOfWork, org: str, terms: OrderTerms) -> list[StockLine]:
    """Return what must be reserved: what is moved, where it is moved from; of all else a SKU of
    which there never was stock anywhere has none, as a download."""
    moved = [
        StockLine(each.sku, each.units, each.from_location)
        for each in terms.lines
        if each.is_transferred
    ]
    tracked = {sku for _, sku in stocks_at(unit, org, _places(unit, org, terms))}
    sold = tracked - {each.sku for each in moved}
    return moved + [StockLine(sku, units) for sku, units in terms.units.items() if sku in sold]


def _place(part: Part) -> Place:
    return part.location, part.sku
