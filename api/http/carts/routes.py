"""Routes of carts: opened, filled, merged when their guest signs in, and priced whenever seen.

A user's cart is for the user and for who sees everyone's. A guest's is for who has its secret and
for nobody else, whatever their role.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

import msgspec
from pydantic import WithJsonSchema

from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.carts.answers import (
    CartAnswer,
    OpenedCartAnswer,
    RemovedCartAnswer,
    opened_cart_answer,
)
from api.http.carts.bodies import (
    CartAsked,
    CartCodesAsked,
    CartLineAsked,
    CartMergeAsked,
    CartUnitsAsked,
)
from api.http.carts.found_cart import GuestSecret, find_cart, settled
from api.http.carts.opened_cart import lasts_us, new_cart, opened, shown
from api.http.carts.permissions import CartsReader, CartsWriter
from api.http.conditions import currency_in
from api.http.paging import parse_integer
from api.http.parameters import User
from api.http.pricing.bodies import named_list
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.carts.carts import active_cart_of, check_sold
from ledger.carts.cart import Addition, Cart, Chosen, check_open, no_such_cart
from ledger.carts.guest_secret import SECRET_BYTES, secret_of
from ledger.kernel.errors import Conflict, Forbidden, Invalid, MissingInput, NotFound
from ledger.kernel.ids import check_sku, check_user
from ledger.kernel.limits import AMOUNT_MAX
from ledger.tenancy.api_key import hash_of

router = Router(prefix="/v1/carts", tags=["carts"])

Version = Annotated[
    str | None, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": AMOUNT_MAX})
]
"""The only version that a change is for; without one it is for whatever there is."""


@router.post("")
async def open_cart(caller: CartsWriter, body: CartAsked) -> Ok[OpenedCartAnswer]:
    """Open a cart. A user has one in each currency: who asks again is answered that one. A guest
    has a new one each time, with a secret that is shown once."""
    if caller.own and (body.group is not None or named_list(body.price_list) is not None):
        field = "price_list" if body.group is None else "group"
        raise Forbidden(f"{field} is not for who buys to say.", field=field)
    user = caller.buyer(body.user)
    secret = None if user is not None else secret_of(caller.service.random(SECRET_BYTES))
    new = msgspec.structs.replace(
        new_cart(caller, user, currency_in(body.currency)),
        secret_hash=None if secret is None else hash_of(secret),
        group=body.group,
        price_list=named_list(body.price_list),
    )
    cart = await opened(caller, new)
    return Ok(opened_cart_answer(await shown(caller, cart), secret))


@router.get("/active", openapi_extra=may_answer(NotFound))
async def active_cart(
    caller: CartsReader, currency: str, user: User | None = None
) -> Ok[CartAnswer]:
    """The cart that a user has in a currency, with what it costs now."""
    whose = caller.only_own(check_user(user)) if user is not None else caller.credential.subject
    if whose is None:
        raise MissingInput("name the user: ?user=...", field="user")
    reader, named = caller.service.reader, currency_in(currency)
    cart = await active_cart_of(reader, caller.org, whose, named)
    cart = None if cart is None else await settled(caller, cart)
    if cart is None or cart.closed or not cart.is_there(caller.service.clock()):
        raise NotFound(f"{whose} has no cart in {named}.", field="user")
    return Ok(await shown(caller, cart))


@router.get("/{cart}", openapi_extra=may_answer(NotFound))
async def get_cart(
    caller: CartsReader, cart: str, guest_secret: GuestSecret = None
) -> Ok[CartAnswer]:
    """A cart, with what it costs now: as `POST /v1/orders/quote` says it, but for the lines that
    cannot be sold now."""
    return Ok(await shown(caller, await find_cart(caller, cart, guest_secret)))


@router.delete("/{cart}", openapi_extra=may_answer(Conflict))
async def remove_cart(
    caller: CartsWriter, cart: str, version: Version = None, guest_secret: GuestSecret = None
) -> Ok[RemovedCartAnswer]:
    """Remove a cart with all that is in it."""
    asked = _version(version)
    found = await find_cart(caller, cart, guest_secret)

    def check(now: Cart) -> None:
        check_open(now, asked)

    if not await asyncio.to_thread(caller.service.carts.remove, caller.org, found.id, check):
        raise no_such_cart()
    return Ok(RemovedCartAnswer(found.id, removed=True))


@router.post("/{cart}/items", openapi_extra=may_answer(Conflict))
async def add_to_cart(
    caller: CartsWriter,
    key: IdempotencyKey,
    cart: str,
    body: CartLineAsked,
    version: Version = None,
    guest_secret: GuestSecret = None,
) -> Ok[CartAnswer]:
    """Add units of a SKU that can be sold now, or of a slot that can be had. Sent again with the
    same key it adds nothing, as long as it is among the last hundred additions, and answers the
    cart as it is then."""
    addition = Addition(body.sku, body.units, key, body.slot)
    found = await find_cart(caller, cart, guest_secret)
    if found.has_added(addition):
        return Ok(await shown(caller, found), replayed=True)

    def more(now: Cart) -> Cart:
        return now if now.has_added(addition) else now.with_more(addition)

    return await _changed(caller, found, version, more, sold=addition.chosen)


@router.put("/{cart}/items/{sku}", openapi_extra=may_answer(Conflict))
async def set_cart_units(
    caller: CartsWriter,
    cart: str,
    sku: str,
    body: CartUnitsAsked,
    version: Version = None,
    guest_secret: GuestSecret = None,
) -> Ok[CartAnswer]:
    """Have a cart hold so many units of a SKU, or of one slot of it, which can be sold now; zero
    takes it out."""
    named = check_sku(sku)

    def so_many(now: Cart) -> Cart:
        return now.with_units(named, body.units, body.slot)

    sold = (named, body.slot) if body.units else None
    found = await find_cart(caller, cart, guest_secret)
    return await _changed(caller, found, version, so_many, sold=sold)


@router.put("/{cart}/codes", openapi_extra=may_answer(Conflict))
async def set_cart_codes(
    caller: CartsWriter,
    cart: str,
    body: CartCodesAsked,
    version: Version = None,
    guest_secret: GuestSecret = None,
) -> Ok[CartAnswer]:
    """Have a cart be ordered with these codes of promotions. Those that do not apply stay, and the
    quote says why."""

    def coded(now: Cart) -> Cart:
        return now.with_codes(body.codes)

    found = await find_cart(caller, cart, guest_secret)
    return await _changed(caller, found, version, coded)


@router.post("/{cart}/merge", openapi_extra=may_answer(Conflict))
async def merge_cart(
    caller: CartsWriter, cart: str, body: CartMergeAsked, guest_secret: GuestSecret = None
) -> Ok[CartAnswer]:
    """Put what a guest has chosen into the cart of the user that they turn out to be: units add up,
    codes are united, and the guest's cart is gone. The user's is opened where there is none."""
    user = caller.buyer(body.user)
    guest = await find_cart(caller, cart, guest_secret)
    if user is None:
        raise Invalid("user is required: who has signed in.", field="user")
    if guest.user is not None:
        raise Conflict("it is not the cart of a guest.", field="id")
    into = new_cart(caller, user, guest.currency)
    active = await active_cart_of(caller.service.reader, caller.org, user, guest.currency)
    if active is not None:
        await settled(caller, active)

    def unite(guests: Cart, users: Cart) -> Cart:
        check_open(guests)
        check_open(users)
        return users.renewed(users.with_those_of(guests), into.created_us, lasts_us(caller, users))

    carts = caller.service.carts
    united = await asyncio.to_thread(carts.merge, caller.org, guest.id, into, unite)
    if united is None:
        raise no_such_cart()
    return Ok(await shown(caller, united))


async def _changed(
    caller: Caller,
    found: Cart,
    version: str | None,
    change: Callable[[Cart], Cart],
    sold: Chosen | None = None,
) -> Ok[CartAnswer]:
    """Return a cart as it is when it has been changed. `sold`: what is to be for sale."""
    asked, service, at_us = _version(version), caller.service, caller.service.clock()
    check_open(found, asked)
    then = change(found)
    if sold is not None:
        await check_sold(service.reader, then, sold, at_us)

    def changed(now: Cart) -> Cart:
        then = change(now)
        if then is now:  # a twin has made this change
            return now
        check_open(now, asked)
        return now.renewed(then, at_us, lasts_us(caller, now))

    kept = await asyncio.to_thread(service.carts.change, caller.org, found.id, changed)
    if kept is None:
        raise no_such_cart()
    return Ok(await shown(caller, kept))


def _version(text: str | None) -> int | None:
    return parse_integer(text, "version", 1, AMOUNT_MAX)
