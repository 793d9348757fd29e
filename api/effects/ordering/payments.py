"""Payments of orders: a page is opened at the provider, or a saved payment method charged, for each
order that is to be paid so."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.command import Command
from api.commands.ordering.payments import EXPIRED, RecordOrderHappenings, RecordOrderPage
from api.effects.effect import FactEffect, asking
from api.effects.ordering.stripe_orders import StripeOrders
from api.effects.purchases.checkouts import REFUSED
from ledger.kernel.actor import Actor
from ledger.kernel.decoding import decoder
from ledger.kernel.outside import NeverTaken
from ledger.ordering.capture import Capture
from ledger.ordering.order_base import BegunPayment
from ledger.ordering.order_payment_name import order_of_payment
from ledger.ordering.order_payments import OrderPaymentBegun
from ledger.ordering.order_status import OPEN
from ledger.ports import RecordedEvent
from ledger.purchases.notice import Money, PaymentFailed
from ledger.purchases.provider import ChargeAsked, CheckoutAsked, PaymentProvider
from ledger.registry import fact_of
from projections.ports import Call

NOT_WANTED = "not_wanted"
"""Our code of a payment that was not asked for, as the order did not wait for it any more."""

_page = decoder(CheckoutAsked)
_charge = decoder(ChargeAsked)


class OrderPages(FactEffect):
    """Opens the pages that requests did not open at once."""

    name = "order-pages"
    types = (OrderPaymentBegun.TOPIC,)

    def __init__(self, orders: StripeOrders) -> None:
        self._orders = orders

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, OrderPaymentBegun) or fact.begun.provider != self._orders.name:
            return []
        asked = page_of(event.org, fact.money, fact.begun)
        return [] if asked is None else [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object] | None:
        """Open the page, unless it is there or nobody wants it any more."""
        asked, actor = _page(call.content), self._orders.actor
        order = order_of_payment(asked.purchase)
        state = await self._orders.look_up(lambda states: states.of(asked.org, order))
        if state is None or state.session is not None:
            return None
        if state.status not in OPEN:
            return _failed(asked.org, actor, order, NOT_WANTED)
        if asked.expires_us <= self._orders.clock():
            return _failed(asked.org, actor, order, EXPIRED)
        return await open_page(await self._orders.provider(), asked, actor)


class OrderCharges(FactEffect):
    """Charges the payment methods that requests did not charge at once."""

    name = "order-charges"
    types = (OrderPaymentBegun.TOPIC,)

    def __init__(self, orders: StripeOrders) -> None:
        self._orders = orders

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, OrderPaymentBegun) or fact.begun.provider != self._orders.name:
            return []
        asked = charge_of(event.org, fact.money, fact.begun)
        return [] if asked is None else [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object] | None:
        """Charge, unless it is known how it went or nobody wants it any more. The provider knows
        the charge by its name, so that one is made however often it is asked."""
        asked, actor = _charge(call.content), self._orders.actor
        order = order_of_payment(asked.purchase)
        state = await self._orders.look_up(lambda states: states.of(asked.org, order))
        if state is None or state.payment is not None:
            return None
        if state.status not in OPEN:
            return _failed(asked.org, actor, order, NOT_WANTED)
        return await charge(await self._orders.provider(), asked, actor)


async def open_page(
    provider: PaymentProvider, asked: CheckoutAsked, actor: Actor
) -> Command[object]:
    """Open a page at a provider, and return what records it, or that there will be none. Raises
    NotTaken."""
    order = order_of_payment(asked.purchase)
    try:
        opened = await provider.open_checkout(asked)
    except NeverTaken:
        return _failed(asked.org, actor, order, REFUSED)
    return RecordOrderPage(asked.org, actor, order, opened)


async def charge(provider: PaymentProvider, asked: ChargeAsked, actor: Actor) -> Command[object]:
    """Charge a payment method, and return what records how it went. Raises NotTaken."""
    order = order_of_payment(asked.purchase)
    try:
        told = await provider.charge(asked)
    except NeverTaken:
        return _failed(asked.org, actor, order, REFUSED)
    return RecordOrderHappenings(asked.org, actor, order, (told,))


def page_of(org: str, money: Money, begun: BegunPayment) -> CheckoutAsked | None:
    """Return which page is asked for, where it is paid on one."""
    page = begun.page
    if page is None:
        return None
    return CheckoutAsked(
        org,
        begun.name,
        money,
        _description(begun),
        page.success_url,
        page.cancel_url,
        page.expires_us,
        is_only_authorised=begun.capture is Capture.AT_SHIPMENT,
    )


def charge_of(org: str, money: Money, begun: BegunPayment) -> ChargeAsked | None:
    """Return which charge is asked for, where a saved method is charged."""
    method = begun.method
    if method is None:
        return None
    described = _description(begun)
    return ChargeAsked(
        org,
        begun.name,
        money,
        described,
        method.customer,
        method.method,
        is_only_authorised=begun.capture is Capture.AT_SHIPMENT,
    )


def _description(begun: BegunPayment) -> str:
    """Return what the buyer reads on the page and on the receipt."""
    return f"Order {order_of_payment(begun.name)}"


def _failed(org: str, actor: Actor, order: str, code: str) -> Command[object]:
    return RecordOrderHappenings(org, actor, order, (PaymentFailed(code),))
