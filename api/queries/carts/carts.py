"""Carts as they are, and what they would cost: a cart is never unreadable because of one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from api.queries.appointments.unhad_slots import unhad_slots
from api.queries.pricing.order_quotes import OrderQuote, quote_of
from api.queries.pricing.unsold_lines import unsold_lines
from api.queries.reader import Reader, Row
from ledger.carts.cart import Cart, CartLine, CartState, Chosen
from ledger.invoices.tax_rates import TaxPlace
from ledger.kernel.decoding import converted
from ledger.kernel.errors import Invalid
from ledger.pricing.asked_order import AskedOrder, OrderLine
from ledger.promotions.meeting import Buyer


class CartQuote(NamedTuple):
    """What can be sold of a cart, what that costs, if it is anything, and why other lines cannot be
    sold now."""

    order: AskedOrder
    quote: OrderQuote | None
    unsold: dict[Chosen, str]


async def cart_of(reader: Reader, org: str, cart: str) -> Cart | None:
    """Return a cart of an org."""
    return _cart(await reader.row(org, "carts/cart", {"org": org, "id": cart}))


async def active_cart_of(reader: Reader, org: str, user: str, currency: str) -> Cart | None:
    """Return the cart that a user has in a currency."""
    asked = {"org": org, "user": user, "currency": currency}
    return _cart(await reader.row(org, "carts/active_cart", asked))


async def quote_of_cart(reader: Reader, cart: Cart, at_us: int) -> CartQuote:
    """Return what a cart would cost: in one round trip where all of it is sold, and one more where
    it has appointments; the slots of one that an order has are the order's."""
    found = await _sold(reader, cart, asked_by_cart(cart, at_us))
    if found.quote is None or cart.state is not CartState.OPEN:
        return found
    lines = [each.line for each in found.quote.price.lines]
    unhad = await unhad_slots(reader, cart.org, lines, at_us)
    if not unhad:
        return found
    left = [line for line in found.order.lines if (line.sku, line.slot) not in unhad]
    rest = await _sold(reader, cart, msgspec.structs.replace(found.order, lines=left))
    why = {chosen: refusal.detail for chosen, refusal in unhad.items()}
    return CartQuote(rest.order, rest.quote, found.unsold | why | rest.unsold)


async def check_sold(reader: Reader, cart: Cart, chosen: Chosen, at_us: int) -> None:
    """Refuse what of a cart cannot be sold now. Raises Invalid and Conflict."""
    sku, _ = chosen
    lines = [line for line in cart.lines if line.sku == sku]
    alone = asked_by_cart(msgspec.structs.replace(cart, lines=lines), at_us)
    unsold = await unsold_lines(reader, cart.org, alone)
    if sku in unsold.why:
        raise Invalid(unsold.why[sku], field="sku")
    unhad = await unhad_slots(reader, cart.org, unsold.sold, at_us)
    if chosen in unhad:
        raise unhad[chosen]


async def unsold_if_added(
    reader: Reader, cart: Cart, lines: Sequence[CartLine], at_us: int
) -> dict[str, str]:
    """Return why SKUs cannot be sold now, or not so often, in a cart that has so many more of
    each; also where it has no room for them."""
    unsold: dict[str, str] = {}
    then = cart
    for each in lines:
        try:
            then = then.with_units(each.sku, then.units_of(each.sku) + each.units)
        except Invalid as refusal:
            unsold[each.sku] = refusal.detail
    skus = {each.sku for each in lines} - unsold.keys()
    alone = [line for line in then.lines if line.sku in skus]
    if not alone:
        return unsold
    asked = asked_by_cart(msgspec.structs.replace(then, lines=alone), at_us)
    return unsold | (await unsold_lines(reader, cart.org, asked)).why


def asked_by_cart(
    cart: Cart, at_us: int, ship_to: TaxPlace | None = None, shipping: str | None = None
) -> AskedOrder:
    """Return what a cart would order at a moment, sent there by a method."""
    return AskedOrder(
        lines=[OrderLine(sku=e.sku, units=e.units, slot=e.slot) for e in cart.lines],
        currency=cart.currency,
        at_us=at_us,
        group=cart.group,
        price_list=cart.price_list,
        ship_to=ship_to,
        shipping=shipping,
    )


async def _sold(reader: Reader, cart: Cart, order: AskedOrder) -> CartQuote:
    """Return what can be sold of an order, whatever slots can be had."""
    if not order.lines:
        return CartQuote(order, None, {})
    try:
        return CartQuote(order, await _quoted(reader, cart, order), {})
    except Invalid as refusal:
        why = (await unsold_lines(reader, cart.org, order)).why
        left = [line for line in order.lines if line.sku not in why]
        if len(left) == len(order.lines):  # it is all of them together that cannot be sold
            return CartQuote(order, None, _for_all(left, refusal))
    unsold = {(e.sku, e.slot): why[e.sku] for e in order.lines if e.sku in why}
    order = msgspec.structs.replace(order, lines=left)
    if not left:
        return CartQuote(order, None, unsold)
    try:
        return CartQuote(order, await _quoted(reader, cart, order), unsold)
    except Invalid as refusal:
        return CartQuote(order, None, unsold | _for_all(left, refusal))


def _for_all(lines: Sequence[OrderLine], refusal: Invalid) -> dict[Chosen, str]:
    return {(line.sku, line.slot): refusal.detail for line in lines}


async def _quoted(reader: Reader, cart: Cart, order: AskedOrder) -> OrderQuote:
    return await quote_of(reader, cart.org, order, cart.codes, Buyer(user=cart.user))


def _cart(row: Row | None) -> Cart | None:
    return None if row is None else converted(row, Cart)
