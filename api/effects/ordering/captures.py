"""Captures of orders: money that a bank keeps is taken, or let go, for each order that asks for
it."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.command import Command
from api.commands.ordering.payments import RecordCaptureRefusal, RecordOrderHappenings
from api.effects.effect import FactEffect, asking
from api.effects.ordering.stripe_orders import StripeOrders
from api.effects.purchases.checkouts import REFUSED
from ledger.kernel.actor import Actor
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import name_of
from ledger.kernel.outside import NeverTaken
from ledger.ordering.order_captures import (
    OrderCaptureRequested,
    OrderVoidRequested,
    StrayAuthorised,
)
from ledger.ordering.order_payment_name import order_of_payment, payment_name
from ledger.ports import RecordedEvent
from ledger.purchases.provider import CaptureAsked, PaymentProvider, VoidAsked
from ledger.registry import fact_of
from projections.ports import Call

_capture = decoder(CaptureAsked)
_void = decoder(VoidAsked)


class OrderCaptures(FactEffect):
    """Takes the money that requests did not take at once."""

    name = "order-captures"
    types = (OrderCaptureRequested.TOPIC,)

    def __init__(self, orders: StripeOrders) -> None:
        self._orders = orders

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, OrderCaptureRequested) or fact.provider != self._orders.name:
            return []
        name = payment_name(name_of(fact.originator_id))
        asked = CaptureAsked(event.org, name, fact.payment, fact.money)
        return [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object] | None:
        """Ask for it, and return what records how that went. The provider takes it once, however
        often it is asked."""
        asked = _capture(call.content)
        return await capture(await self._orders.provider(), asked, self._orders.actor)


class OrderVoids(FactEffect):
    """Lets money go that is not wanted any more, or never was."""

    name = "order-voids"
    types = (OrderVoidRequested.TOPIC, StrayAuthorised.TOPIC)

    def __init__(self, orders: StripeOrders) -> None:
        self._orders = orders

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, OrderVoidRequested | StrayAuthorised):
            return []
        if fact.provider != self._orders.name:
            return []
        name = payment_name(name_of(fact.originator_id))
        return [asking(event, self.name, VoidAsked(event.org, name, fact.payment))]

    async def call(self, call: Call) -> Command[object] | None:
        """Ask for it, and return what records how the payment has ended."""
        asked = _void(call.content)
        told = await (await self._orders.provider()).void(asked)
        order = order_of_payment(asked.purchase)
        return RecordOrderHappenings(asked.org, self._orders.actor, order, (told,))


async def capture(provider: PaymentProvider, asked: CaptureAsked, actor: Actor) -> Command[object]:
    """Take money that a bank keeps, and return what records how that went. Raises NotTaken."""
    order = order_of_payment(asked.purchase)
    try:
        told = await provider.capture(asked)
    except NeverTaken:
        return RecordCaptureRefusal(asked.org, actor, order, asked.payment, REFUSED)
    return RecordOrderHappenings(asked.org, actor, order, (told,))
