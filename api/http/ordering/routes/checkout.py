"""Checkout: an order is placed, with all that it holds, and its payment begun."""

from __future__ import annotations

import hashlib
from typing import Any

from api.commands.ordering.placing import PlaceOrder
from api.effects.ordering.payments import charge, charge_of, open_page, page_of
from api.http.answers import Created
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.carts.found_cart import GuestSecret
from api.http.ordering.answers.orders import PlacedOrderAnswer, placed_answer
from api.http.ordering.bodies import (
    OrderCheckout,
    OrderCheckoutBody,
    check_what,
    contact_in,
)
from api.http.ordering.ordered_lines import OrderedLines, ordered_lines
from api.http.ordering.permissions import OrdersWriter
from api.http.problem_schemas import may_answer
from api.http.purchases.provider_calls import answered
from api.http.router import Router
from api.queries.ordering.orders import FoundOrder, OrderEvent, history_of, order_of
from api.queries.ordering.terms import terms_now
from ledger.kernel.canonical import canonical
from ledger.kernel.decoding import converted
from ledger.kernel.errors import (
    CartChanged,
    Conflict,
    Forbidden,
    Invalid,
    MissingInput,
    NotFound,
    OutOfStock,
    PaymentDeclined,
    Refusal,
    Unavailable,
)
from ledger.kernel.ids import name_of
from ledger.kernel.limits import ORDER_PAGE_US
from ledger.kernel.money import parse_amount_or_zero
from ledger.kernel.outside import NotTaken
from ledger.kernel.texts import SALT_BYTES, Text, blind
from ledger.ordering.contact import CONTACT, Contact
from ledger.ordering.order_base import BegunPayment
from ledger.ordering.order_secret import SECRET_BYTES, digest_of, secret_of
from ledger.ordering.order_status import OPEN, OrderStatus
from ledger.ordering.order_terms import OrderTerms
from ledger.pricing.asked_order import DEFAULT_LIST
from ledger.purchases.notice import Money
from ledger.purchases.purchase_base import MANUAL, STRIPE, Page, SavedMethod

router = Router(prefix="/v1/checkout", tags=["orders"])

ID_BYTES = 12


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
    """Place an order, if it costs what its buyer was told: its stock is set aside and its
    promotions are redeemed at once. What costs nothing, or is paid with a saved payment method, is
    confirmed in this answer; a page holds it for 15 minutes, a bank transfer for seven days. Where
    the provider does not answer, the same request sent again finds the order."""
    check_what(body)
    _refuse_unsaid(caller, body)
    contact = contact_in(body)
    order = _order_id(caller, key, body)
    async with ordered_lines(caller, body, guest_secret, order) as what:
        user, currency = what.user, what.asked.currency
        secret = None if user else secret_of(caller.service.random(SECRET_BYTES))
        total = parse_amount_or_zero(body.expected_total, currency, "expected_total")
        command = PlaceOrder(
            **caller.asks(key),
            sent=caller.says(_sent(body) | {"expected_total": total}),
            order=order,
            user=user,
            guest=digest_of(secret) if secret else None,
            terms=await _terms(caller, what),
            expected_total=total,
            cart=what.cart,
            provider=body.payment.provider if body.payment else None,
            page=_page(caller, body),
            method=await _method(caller, body, user),
            contact=_sealed(caller, contact, user or order),
        )
        result = await caller.service.writer.submit(command)
        found = await _paid(caller, name_of(result.stored_fact.aggregate_id))
    value = placed_answer(found, None if result.replayed else secret)
    return Created(value, replayed=result.replayed)


def _order_id(caller: Caller, key: str, body: OrderCheckoutBody) -> str:
    """Return the id of a new order. That of a cart is the request's own, so that where nobody knows
    what became of it the cart is still claimed for the same request sent again."""
    if body.cart is None:
        return f"ord_{caller.service.random(ID_BYTES).hex()}"
    request = canonical([caller.org, key, body.cart])
    return f"ord_{hashlib.blake2b(request, digest_size=ID_BYTES).hexdigest()}"


async def _terms(caller: Caller, what: OrderedLines) -> OrderTerms | Refusal:
    """Return what is ordered costs now, or why it cannot be: an order that was placed before is
    found first, whatever its lines cost since."""
    if what.refusal is not None:
        return what.refusal
    try:
        return await terms_now(caller.service.reader, caller.org, what.asked, what.codes, what.user)
    except Refusal as refusal:
        return refusal


async def _paid(caller: Caller, order: str) -> FoundOrder:
    """Return an order once its page is open, or its charge has ended. Raises PaymentDeclined."""
    found = await _found(caller, order)
    if found.status in OPEN and found.provider == STRIPE and found.url is None:
        await _ask(caller, await history_of(caller.service.reader, caller.org, order))
        found = await _found(caller, order)
    if found.status == OrderStatus.PAYMENT_FAILED:
        history = await history_of(caller.service.reader, caller.org, order)
        code = next((each.body["code"] for each in history if "code" in each.body), "expired")
        raise PaymentDeclined(
            f"the order {order} was not paid ({code}): it has failed, and holds nothing any more.",
            order=order,
            reason=code,
        )
    return found


async def _ask(caller: Caller, history: list[OrderEvent]) -> None:
    """Have the provider open the page, or make the charge, at once; where it does not answer, it is
    asked later all the same."""
    body = next(each.body for each in history if each.type == _BEGUN)
    money, begun = converted(body["money"], Money), converted(body["begun"], BegunPayment)
    provider = await caller.service.payments.provider(begun.provider)
    page, charged = page_of(caller.org, money, begun), charge_of(caller.org, money, begun)
    try:
        if page is not None:
            command = await open_page(provider, page, caller.actor)
        elif charged is not None:
            command = await charge(provider, charged, caller.actor)
        else:
            return
    except NotTaken as error:
        raise Unavailable(
            f"the order is placed, but {provider.name} does not answer yet ({error.detail}): send "
            "the same request again."
        ) from error
    await caller.service.writer.submit(command)


async def _found(caller: Caller, order: str) -> FoundOrder:
    found = await order_of(caller.service.reader, caller.org, order)
    assert found is not None, "its row is written with its fact"
    return found


def _refuse_unsaid(caller: Caller, body: OrderCheckoutBody) -> None:
    """Refuse what somebody who buys says of prices: which are theirs is for the shop to say."""
    named = {
        "group": body.group is not None,
        "price_list": body.price_list != DEFAULT_LIST,
        "lines": any(each.sent().keys() - {"sku", "units", "slot"} for each in body.lines or ()),
    }
    for field, is_named in named.items() if caller.own else ():
        if is_named:
            what = "what else lines are is" if field == "lines" else f"{field} is"
            raise Forbidden(f"{what} not for who buys to say.", field=field)


def _page(caller: Caller, body: OrderCheckoutBody) -> Page | None:
    """Return the page on which an order is paid, if it is. Raises Invalid and MissingInput."""
    payment = body.payment
    if payment is None:
        return None
    urls = {"success_url": payment.success_url, "cancel_url": payment.cancel_url}
    is_page = payment.provider != MANUAL and payment.payment_method is None
    for name, url in urls.items():
        if (url is not None) != is_page:
            field = f"payment.{name}"
            if is_page:
                raise MissingInput(f"{field}: where the buyer goes then.", field=field)
            raise Invalid(f"{field}: there is no page, leave this out.", field=field)
    if payment.success_url is None or payment.cancel_url is None:
        return None
    expires_us = caller.service.clock() + ORDER_PAGE_US
    return Page(payment.success_url, payment.cancel_url, expires_us)


async def _method(caller: Caller, body: OrderCheckoutBody, user: str | None) -> SavedMethod | None:
    """Return what is charged, if a saved payment method is. Raises Invalid and Unavailable; also
    where nobody is there who could collect."""
    payment = body.payment
    if payment is None:
        return None
    if payment.provider == MANUAL:
        if payment.payment_method is not None:
            raise Invalid("a bank transfer charges none.", field="payment.payment_method")
        return None
    provider = await caller.service.payments.provider(payment.provider)
    if payment.payment_method is None:
        return None
    if user is None:
        raise Invalid("a guest has no saved payment method.", field="payment.payment_method")
    with answered("the provider does not say who the buyer is"):
        customer = await provider.customer(caller.org, user)
    return SavedMethod(customer, payment.payment_method)


def _sealed(caller: Caller, contact: Contact | None, person: str) -> Text | None:
    if contact is None:
        return None
    content = canonical(contact).decode()
    return blind(content, CONTACT, person, caller.service.random(SALT_BYTES))


def _sent(body: OrderCheckoutBody) -> dict[str, Any]:
    """Return what was sent as it is compared with the same request again; erasable texts are
    compared by their digest."""
    return body.model_dump(
        exclude_unset=True,
        exclude_none=True,
        exclude={"email", "shipping_address", "billing_address"},
    )


_BEGUN = "ordering.OrderPaymentBegun"
