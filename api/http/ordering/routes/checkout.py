"""Checkout: an order is placed, with all that it holds, and its payment begun."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from api.commands.ordering.placing import PlaceOrder
from api.http.answers import Created
from api.http.auth.caller import ID_BYTES, Caller, IdempotencyKey
from api.http.carts.found_cart import GuestSecret
from api.http.ordering.answers.orders import PlacedOrderAnswer, placed_answer
from api.http.ordering.bodies import (
    OrderCheckout,
    OrderCheckoutBody,
    check_what,
    contact_in,
)
from api.http.ordering.ordered_lines import OrderedLines, ordered_lines
from api.http.ordering.paying import costs_and_values, left_in, method_in, page_in, paid_order
from api.http.ordering.permissions import OrdersWriter
from api.http.ordering.value_sources import sent_values
from api.http.pricing.bodies import NAMED_BY_BUYERS
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.ordering.terms import terms_now
from ledger.kernel.canonical import canonical
from ledger.kernel.errors import (
    CartChanged,
    Conflict,
    Forbidden,
    NotFound,
    OutOfStock,
    PaymentDeclined,
    Refusal,
    Unavailable,
)
from ledger.kernel.ids import name_of
from ledger.kernel.money import parse_amount_or_zero
from ledger.kernel.texts import Text
from ledger.ordering.contact import CONTACT, Contact
from ledger.ordering.order_secret import SECRET_BYTES, digest_of, secret_of
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.value_payment import AskedValue
from ledger.pricing.asked_order import DEFAULT_LIST

router = Router(prefix="/v1/checkout", tags=["orders"])


@router.post(
    "",
    openapi_extra=may_answer(
        CartChanged, Conflict, NotFound, OutOfStock, PaymentDeclined, Unavailable
    ),
)
async def check_out(
    caller: OrdersWriter,
    key: IdempotencyKey,
    body: OrderCheckout,
    guest_secret: GuestSecret = None,
) -> Created[PlacedOrderAnswer]:
    """Place an order, if it costs what its buyer was told: its stock is set aside, its promotions
    are redeemed and what gift cards and store credit pay is theirs no more, at once. What has
    nothing left to pay, or is paid with a saved payment method, is confirmed in this answer; a page
    holds it for 15 minutes, a bank transfer for seven days. Where the provider does not answer, the
    same request sent again finds the order."""
    check_what(body)
    _refuse_unsaid(caller, body)
    contact = contact_in(body)
    order = _order_id(caller, key, body)
    async with ordered_lines(caller, body, guest_secret, order) as what:
        user, currency = what.user, what.asked.currency
        secret = None if user else secret_of(caller.service.random(SECRET_BYTES))
        total = parse_amount_or_zero(body.expected_total, currency, "expected_total")
        left = left_in(body, currency)
        terms, values = await _terms(caller, body, what)
        command = PlaceOrder(
            **caller.asks(key),
            sent=caller.says(
                _sent(body)
                | sent_values(caller, body, currency)
                | {"expected_total": total}
                | ({} if left is None else {"expected_payment": left})
            ),
            order=order,
            user=user,
            guest=digest_of(secret) if secret else None,
            terms=terms,
            expected_total=total,
            cart=what.cart,
            provider=body.payment.provider if body.payment else None,
            page=page_in(caller, body),
            method=await method_in(caller, body, user),
            contact=_sealed(caller, contact, user or order),
            values=values,
            expected_payment=left,
        )
        result = await caller.service.writer.submit(command)
        found = await paid_order(caller, name_of(result.stored_fact.aggregate_id))
    value = placed_answer(found, None if result.replayed else secret)
    return Created(value, replayed=result.replayed)


def _order_id(caller: Caller, key: str, body: OrderCheckoutBody) -> str:
    """Return the id of a new order. That of a cart is the request's own, so that where nobody knows
    what became of it the cart is still claimed for the same request sent again."""
    if body.cart is None:
        return caller.new_id("ord")
    request = canonical([caller.org, key, body.cart])
    return f"ord_{hashlib.blake2b(request, digest_size=ID_BYTES).hexdigest()}"


async def _terms(
    caller: Caller, body: OrderCheckoutBody, what: OrderedLines
) -> tuple[OrderTerms | Refusal, tuple[AskedValue, ...]]:
    """Return what is ordered costs now, or why it cannot be, and what it is to be paid from."""
    if what.refusal is not None:
        return what.refusal, ()
    asked = what.asked
    costs = partial(terms_now, caller.service.reader, caller.org, asked, what.codes, what.user)
    return await costs_and_values(caller, body, asked.currency, what.user, costs)


def _refuse_unsaid(caller: Caller, body: OrderCheckoutBody) -> None:
    """Refuse what somebody who buys says of prices: which are theirs is for the shop to say."""
    named = {
        "group": body.group is not None,
        "price_list": body.price_list != DEFAULT_LIST,
        "lines": any(each.sent().keys() - NAMED_BY_BUYERS for each in body.lines or ()),
    }
    for field, is_named in named.items() if caller.own else ():
        if is_named:
            what = "what else lines are is" if field == "lines" else f"{field} is"
            raise Forbidden(f"{what} not for who buys to say.", field=field)


def _sealed(caller: Caller, contact: Contact | None, person: str) -> Text | None:
    if contact is None:
        return None
    return caller.seal(canonical(contact).decode(), CONTACT, person)


def _sent(body: OrderCheckoutBody) -> dict[str, Any]:
    """Return what was sent as it is compared with the same request again; erasable texts are
    compared by their digest, and so are codes."""
    return body.model_dump(
        exclude_unset=True,
        exclude_none=True,
        exclude={"email", "shipping_address", "billing_address", "gift_cards", "store_credit"},
    )
