"""The opened cart: the one that a user has in a currency, or a new one; and what it costs now."""

from __future__ import annotations

import asyncio

import msgspec

from api.http.auth.caller import ID_BYTES, Caller
from api.http.carts.answers import CartAnswer, cart_answer
from api.http.carts.found_cart import settled
from api.queries.carts.carts import quote_of_cart
from ledger.carts.cart import Cart, cart_id
from ledger.kernel.times import DAY_US


async def opened(caller: Caller, new: Cart) -> Cart:
    """Return a cart that is open or claimed: the one its user has, else this one."""
    cart = await settled(caller, await asyncio.to_thread(caller.service.carts.open, new))
    if cart.closed:  # its order was bought meanwhile
        cart = await asyncio.to_thread(caller.service.carts.open, new)
    return cart


async def shown(caller: Caller, cart: Cart) -> CartAnswer:
    """Return a cart with what it costs now."""
    service = caller.service
    return cart_answer(cart, await quote_of_cart(service.reader, cart, service.clock()))


def new_cart(caller: Caller, user: str | None, currency: str) -> Cart:
    """Return an empty cart."""
    now_us = caller.service.clock()
    cart = Cart(
        org=caller.org,
        id=cart_id(caller.service.random(ID_BYTES)),
        user=user,
        currency=currency,
        created_us=now_us,
        changed_us=now_us,
        expires_us=now_us,
    )
    return msgspec.structs.replace(cart, expires_us=now_us + lasts_us(caller, cart))


def lasts_us(caller: Caller, cart: Cart) -> int:
    """Return how long a cart lasts after its last change."""
    settings = caller.service.settings
    days = settings.guest_cart_days if cart.user is None else settings.cart_days
    return days * DAY_US
