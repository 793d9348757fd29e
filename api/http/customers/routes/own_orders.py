"""The orders of whoever asks: listed, and put into their cart again."""

from __future__ import annotations

import asyncio

from api.http.answers import ListAnswer, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.carts.answers import UnsoldLineAnswer
from api.http.carts.opened_cart import lasts_us, new_cart, opened, shown
from api.http.customers.answers import ReorderAnswer
from api.http.customers.own_user import own_user
from api.http.customers.permissions import OwnCartWriter, OwnOrdersReader
from api.http.errors import TooManyReads
from api.http.lists import answer_list
from api.http.ordering.answers.orders import ListedOrderAnswer, listed_answer
from api.http.paging import Limit
from api.http.parameters import Sequence
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.carts.carts import unsold_if_added
from api.queries.ordering.orders import ORDERS, history_of, order_of, terms_in
from ledger.carts.cart import Addition, Cart, CartLine, check_open, no_such_cart
from ledger.kernel.errors import Conflict, NotFound
from ledger.ordering.past_terms import NO_SKU

router = Router(prefix="/v1/me/orders", tags=["customers"])


@router.get("", openapi_extra=may_answer(TooManyReads))
async def own_orders(
    caller: OwnOrdersReader,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[ListedOrderAnswer]]:
    """Your orders, those placed last first."""
    filters = {"user": own_user(caller), "status": None}
    return await answer_list(
        caller,
        ORDERS,
        filters,
        listed_answer,
        cursor=cursor,
        limit=limit,
        min_sequence=min_sequence,
    )


@router.post("/{order}/reorder", openapi_extra=may_answer(NotFound, Conflict))
async def reorder(caller: OwnCartWriter, key: IdempotencyKey, order: str) -> Ok[ReorderAnswer]:
    """Put into your cart what you have ordered before, as far as it can be sold now, at the prices
    of now; the cart is opened where there is none. Sent again with the same key it adds nothing
    more."""
    user = own_user(caller)
    currency, ordered = await _ordered(caller, user, order)
    asked = [each for each in ordered if each.sku != NO_SKU]
    cart = await opened(caller, new_cart(caller, user, currency))
    check_open(cart)
    service, at_us = caller.service, caller.service.clock()
    unsold = await unsold_if_added(service.reader, cart, asked, at_us)
    added = [Addition(e.sku, e.units, f"{key} {e.sku}") for e in asked if e.sku not in unsold]

    def changed(now: Cart) -> Cart:
        then = now
        for each in added:
            then = then if then.has_added(each) else then.with_more(each)
        if then is now:  # a twin has made this change
            return now
        check_open(now)
        return now.renewed(then, at_us, lasts_us(caller, now))

    is_replayed = bool(added) and all(map(cart.has_added, added))
    kept = await asyncio.to_thread(service.carts.change, caller.org, cart.id, changed)
    if kept is None:
        raise no_such_cart()
    left_out = [
        UnsoldLineAnswer(each.sku, each.units, None, unsold[each.sku])
        for each in asked
        if each.sku in unsold
    ]
    left_out += [
        UnsoldLineAnswer(each.sku, each.units, None, "it is not known what it was: it has no SKU.")
        for each in ordered
        if each.sku == NO_SKU
    ]
    value = ReorderAnswer(await shown(caller, kept), left_out)
    return Ok(value, replayed=is_replayed)


async def _ordered(caller: Caller, user: str, order: str) -> tuple[str, list[CartLine]]:
    """Return in which currency a user has ordered what. Raises NotFound."""
    reader = caller.service.reader
    found = await order_of(reader, caller.org, order)
    if found is None or found.owner != user:
        raise NotFound("you have no order of that id.", field="id")
    terms = terms_in(await history_of(reader, caller.org, order))
    return terms.currency, [CartLine(sku, units) for sku, units in terms.units.items()]
