"""Refunds of orders: money is sent back by the provider for each that was asked for, and for money
that an order did not take."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.command import Command
from api.commands.ordering.payments import RecordOrderHappenings
from api.effects.effect import FactEffect, asking
from api.effects.ordering.stripe_orders import StripeOrders
from api.effects.purchases.checkouts import REFUSED
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import name_of
from ledger.kernel.outside import NeverTaken
from ledger.ordering.order_payment_name import order_of_payment, payment_name
from ledger.ordering.order_payments import StrayMoneyCame
from ledger.ordering.order_refunds import OrderRefundRequested
from ledger.ports import RecordedEvent
from ledger.purchases.notice import RefundChanged, RefundState
from ledger.purchases.provider import RefundAsked
from ledger.registry import fact_of
from projections.ports import Call

_asked = decoder(RefundAsked)


class OrderRefunds(FactEffect):
    """Sends money back."""

    name = "order-refunds"
    types = (OrderRefundRequested.TOPIC, StrayMoneyCame.TOPIC)

    def __init__(self, orders: StripeOrders) -> None:
        self._orders = orders

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, OrderRefundRequested | StrayMoneyCame):
            return []
        if fact.provider != self._orders.name:
            return []
        name = payment_name(name_of(fact.originator_id))
        asked = RefundAsked(event.org, name, fact.refund, fact.payment, fact.money)
        return [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object] | None:
        """Ask for it, and return what records where it is. The provider knows each by its id, so
        that one is made however often it is asked; one that is refused has failed."""
        asked = _asked(call.content)
        try:
            told = await (await self._orders.provider()).refund(asked)
        except NeverTaken:
            told = RefundChanged(
                "", asked.payment, asked.money, RefundState.FAILED, asked.refund_asked, REFUSED
            )
        order = order_of_payment(asked.purchase)
        return RecordOrderHappenings(asked.org, self._orders.actor, order, (told,))
