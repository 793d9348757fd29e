"""Ordered lines: as they are sent, or those of a cart, which is claimed before it is priced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from api.http.auth.caller import Caller
from api.http.carts.found_cart import find_cart, settled
from api.http.ordering.bodies import OrderCheckoutBody, asked_order, ship_to_in
from api.queries.carts.carts import asked_by_cart
from ledger.carts.cart import Cart, check_open, no_such_cart
from ledger.kernel.errors import Conflict, Invalid, Refusal
from ledger.ordering.order_base import CartRef
from ledger.pricing.asked_order import AskedOrder

TRIES = 8
"""How often a cart is looked at that others change meanwhile."""


class OrderedLines(NamedTuple):
    """Lines and codes, for whom; of which cart; and why it cannot be had, if that is known."""

    asked: AskedOrder
    codes: list[str]
    user: str | None
    cart: CartRef | None = None
    refusal: Refusal | None = None


@asynccontextmanager
async def ordered_lines(
    caller: Caller, body: OrderCheckoutBody, guest_secret: str | None, order: str
) -> AsyncIterator[OrderedLines]:
    """Give what a body orders. A cart is claimed for the order meanwhile, and afterwards is as the
    order leaves it; where nobody knows what became of that, it stays claimed: the same request
    sent again has it, or whoever finds the cart next looks."""
    if body.cart is None:
        user = caller.buyer(body.user)
        codes = list(dict.fromkeys(body.codes or ()))
        yield OrderedLines(asked_order(body, caller.service.clock()), codes, user)
        return
    cart = await find_cart(caller, body.cart, guest_secret, "cart")
    _check_buyer(caller, body, cart)
    cart, refusal = await _claimed(caller, cart, order)
    asked = asked_by_cart(cart, caller.service.clock(), ship_to_in(body), body.shipping)
    ref, carts = CartRef(cart.id, cart.version), caller.service.carts
    try:
        yield OrderedLines(asked, cart.codes, cart.user, ref, refusal)
    except Refusal:
        await _leave(caller, await asyncio.to_thread(carts.read, cart.org, cart.id), order)
        raise
    # A twin that was refused meanwhile has let it go.
    now = await asyncio.to_thread(carts.claim, cart.org, cart.id, cart.version, order)
    await _leave(caller, now, order)


async def _claimed(caller: Caller, cart: Cart, order: str) -> tuple[Cart, Refusal | None]:
    """Return a cart that is claimed for an order, or why it is not. An order of the same request
    may have it already, so that it is for the command to refuse."""
    for _ in range(TRIES):
        if cart.order == order:
            return cart, None
        try:
            check_open(cart, field="cart")
            if not cart.lines:
                raise Invalid("there is nothing in this cart.", field="cart")
        except Refusal as refusal:
            return cart, refusal
        claim = caller.service.carts.claim
        now = await asyncio.to_thread(claim, cart.org, cart.id, cart.version, order)
        if now is None:
            raise no_such_cart("cart")
        cart = now if now.order == order else await settled(caller, now)
    return cart, Conflict("the cart is being changed: order it when it is not.", field="cart")


async def _leave(caller: Caller, cart: Cart | None, order: str) -> None:
    """Have a cart be as the order leaves it that has it."""
    if cart is not None:
        await settled(caller, cart, is_over=cart.order == order)


def _check_buyer(caller: Caller, body: OrderCheckoutBody, cart: Cart) -> None:
    """Refuse a cart for anyone but whose it is."""
    if body.user is not None and body.user != cart.user:
        caller.only_own(body.user)
        raise Conflict("the cart is not this user's: merge it first.", field="user")
    if cart.user is None and caller.own:
        raise Conflict("the cart is a guest's: merge it first.", field="cart")
