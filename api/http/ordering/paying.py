"""Paying: how an order is paid, as who sends a body says it, and its page opened, or its charge
made, at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from api.effects.ordering.payments import charge, charge_of, open_page, page_of
from api.http.auth.caller import Caller
from api.http.errors import RateLimited
from api.http.ordering.bodies import OrderPaymentsBody
from api.http.ordering.value_sources import asked_values
from api.http.purchases.provider_calls import answered
from api.queries.ordering.orders import FoundOrder, OrderEvent, history_of, order_of
from ledger.kernel.decoding import converted
from ledger.kernel.errors import Invalid, MissingInput, PaymentDeclined, Refusal, Unavailable
from ledger.kernel.limits import ORDER_PAGE_US
from ledger.kernel.money import parse_amount_or_zero
from ledger.kernel.outside import NotTaken
from ledger.ordering.order_base import BegunPayment
from ledger.ordering.order_status import OPEN, OrderStatus
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.value_payment import AskedValue
from ledger.purchases.notice import Money
from ledger.purchases.purchase_base import MANUAL, STRIPE, Page, SavedMethod

_BEGUN = "ordering.OrderPaymentBegun"


async def costs_and_values(
    caller: Caller,
    body: OrderPaymentsBody,
    currency: str,
    user: str | None,
    costs: Callable[[], Awaitable[OrderTerms]],
) -> tuple[OrderTerms | Refusal, tuple[AskedValue, ...]]:
    """Return what an order costs now, or why it cannot be, and what it is to be paid from: one that
    was placed before is found first, whatever it would cost since. Raises RateLimited, which is
    decided here."""
    try:
        values = await asked_values(caller, body, currency, user)
        return await costs(), values
    except RateLimited:
        raise
    except Refusal as refusal:
        return refusal, ()


def left_in(body: OrderPaymentsBody, currency: str) -> int | None:
    """Return what the buyer was told that is left to pay, if they were."""
    if body.expected_payment is None:
        return None
    return parse_amount_or_zero(body.expected_payment, currency, "expected_payment")


def page_in(caller: Caller, body: OrderPaymentsBody) -> Page | None:
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


async def method_in(
    caller: Caller, body: OrderPaymentsBody, user: str | None
) -> SavedMethod | None:
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


async def paid_order(caller: Caller, order: str) -> FoundOrder:
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
