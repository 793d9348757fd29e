"""The found cart: a cart by its id, for who may see it, as its order has left it.

An order claims a cart before it is placed, and what becomes of the order is decided in the writer's
commits. Whoever finds a claimed cart asks for its order, so that no process has to live until then.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import Annotated

from fastapi import Header
from pydantic import WithJsonSchema

from api.http.auth.caller import Caller
from api.queries.carts.carts import cart_of
from api.queries.ordering.orders import order_of
from ledger.carts.cart import Cart, CartState, is_cart_id, no_such_cart
from ledger.kernel.errors import Forbidden
from ledger.kernel.limits import PLACING_MAX_US
from ledger.ordering.order_status import OrderStatus
from ledger.tenancy.api_key import hash_of

GuestSecret = Annotated[
    str | None,
    Header(alias="Guest-Secret", description="Of a guest's cart: what its opening answered."),
    WithJsonSchema({"type": "string"}),
]


async def find_cart(caller: Caller, cart: str, guest_secret: str | None, field: str = "id") -> Cart:
    """Return a cart that the caller may see. Raises NotFound, which says the same of a cart that is
    another's as of one that there is not; the access log learns the true reason."""
    found = await cart_of(caller.service.reader, caller.org, cart) if is_cart_id(cart) else None
    if found is None or not found.is_there(caller.service.clock()):
        raise no_such_cart(field)
    if found.user is None:
        given = hash_of(guest_secret or "")
        if not hmac.compare_digest(given, str(found.secret_hash)):
            refused = Forbidden("that is not the secret of this cart.", field="Guest-Secret")
            raise no_such_cart(field) from refused
    elif not caller.sees(found.user):
        raise no_such_cart(field) from Forbidden(
            "this credential may only see its own.", field=field
        )
    return await settled(caller, found)


async def settled(caller: Caller, cart: Cart, *, is_over: bool = False) -> Cart:
    """Return a cart as its order has left it: closed by one that is bought, free of one that has
    failed, or was never placed. `is_over`: nobody is placing it any more; else it may be on its
    way for a minute."""
    if cart.state is not CartState.CLAIMED or cart.order is None:
        return cart
    service, order = caller.service, cart.order
    found = await order_of(service.reader, cart.org, order)
    if found is None:
        placing = service.clock() < (cart.claimed_us or 0) + PLACING_MAX_US
        end = None if placing and not is_over else service.carts.free
    elif found.number is not None:
        end = service.carts.close
    else:
        gone = found.status in (OrderStatus.PAYMENT_FAILED, OrderStatus.CANCELLED)
        end = service.carts.free if gone else None
    if end is None:
        return cart
    await asyncio.to_thread(end, cart.org, cart.id, order)
    now = await asyncio.to_thread(service.carts.read, cart.org, cart.id)
    if now is None:
        raise no_such_cart()
    return now
