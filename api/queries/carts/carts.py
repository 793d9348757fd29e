"""Carts as they are, and what they would cost: a cart is never unreadable because of one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from api.queries.pricing.order_quotes import OrderQuote, quote_of
from api.queries.pricing.unsold_lines import unsold_lines
from api.queries.reader import Reader, Row
from ledger.carts.cart import Cart, CartLine
from ledger.invoices.tax_rates import TaxPlace
from ledger.kernel.decoding import converted
from ledger.kernel.errors import Invalid
from ledger.pricing.asked_order import AskedOrder, OrderLine
from ledger.promotions.meeting import Buyer


class CartQuote(NamedTuple):
    """What can be sold of a cart, what that costs, if it is anything, and why other lines cannot be
    sold now, by their SKUs."""

    order: AskedOrder
    quote: OrderQuote | None
    unsold: dict[str, str]


async def cart_of(reader: Reader, org: str, cart: str) -> Cart | None:
    """Return a cart of an org."""
    return _cart(await reader.row(org, "carts/cart", {"org": org, "id": cart}))


async def active_cart_of(reader: Reader, org: str, user: str, currency: str) -> Cart | None:
    """Return the cart that a user has in a currency."""
    asked = {"org": org, "user": user, "currency": currency}
    return _cart(await reader.row(org, "carts/active_cart", asked))


async def quote_of_cart(reader: Reader, cart: Cart, at_us: int) -> CartQuote:
    """Return what a cart would cost: in one round trip where all of it is sold."""
    order = asked_by_cart(cart, at_us)
    if not order.lines:
        return CartQuote(order, None, {})
    try:
        return CartQuote(order, await _quoted(reader, cart, order), {})
    except Invalid as refusal:
        unsold = await unsold_lines(reader, cart.org, order)
        left = [line for line in order.lines if line.sku not in unsold]
        if len(left) == len(order.lines):  # it is all of them together that cannot be sold
            return CartQuote(order, None, {line.sku: refusal.detail for line in left})
    order = msgspec.structs.replace(order, lines=left)
    if not left:
        return CartQuote(order, None, unsold)
    try:
        return CartQuote(order, await _quoted(reader, cart, order), unsold)
    except Invalid as refusal:
        return CartQuote(order, None, unsold | {line.sku: refusal.detail for line in left})


async def why_unsold(reader: Reader, cart: Cart, sku: str, at_us: int) -> str | None:
    """Return why a line of a cart cannot be sold now, if it cannot."""
    line = CartLine(sku, cart.units_of(sku))
    alone = asked_by_cart(msgspec.structs.replace(cart, lines=[line]), at_us)
    return (await unsold_lines(reader, cart.org, alone)).get(sku)


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
    return unsold | await unsold_lines(reader, cart.org, asked)


def asked_by_cart(
    cart: Cart, at_us: int, ship_to: TaxPlace | None = None, shipping: str | None = None
) -> AskedOrder:
    """Return what a cart would order at a moment, sent there by a method."""
    return AskedOrder(
        lines=[OrderLine(sku=line.sku, units=line.units) for line in cart.lines],
        currency=cart.currency,
        at_us=at_us,
        group=cart.group,
        price_list=cart.price_list,
        ship_to=ship_to,
        shipping=shipping,
    )


async def _quoted(reader: Reader, cart: Cart, order: AskedOrder) -> OrderQuote:
    return await quote_of(reader, cart.org, order, cart.codes, Buyer(user=cart.user))


def _cart(row: Row | None) -> Cart | None:
    return None if row is None else converted(row, Cart)
