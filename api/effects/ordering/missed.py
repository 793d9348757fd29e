"""Missed orders: the provider is asked how those stand of which it has told nothing for long."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.command import Command
from api.commands.ordering.payments import RecordOrderHappenings
from api.effects.effect import StateEffect
from api.effects.ordering.stripe_orders import StripeOrders
from api.effects.purchases.missed import ASK_US, AT_ONCE_MAX
from ledger.ordering.order_payment_name import payment_name
from ledger.purchases.provider import PurchaseRef
from projections.ports import Call, CallName


class MissedOrders(StateEffect):
    """Asks how orders stand that wait for the provider."""

    name = "missed-orders"

    def __init__(self, orders: StripeOrders) -> None:
        self._orders = orders

    def look(self) -> Iterable[Call]:
        now_us, name = self._orders.clock(), self._orders.name
        waiting = self._orders.look(
            lambda states: states.waiting(name, now_us - ASK_US, AT_ONCE_MAX)
        )
        return [
            Call(CallName(each.org, self.name, f"{each.id}/{now_us // ASK_US}"), each.id)
            for each in waiting
        ]

    async def call(self, call: Call) -> Command[object] | None:
        """Ask about an order, and return what records how it stands."""
        org, order = call.name.org, call.content
        state = await self._orders.look_up(lambda states: states.of(org, order))
        if state is None:
            return None
        ref = PurchaseRef(org, payment_name(order), state.session, state.payment)
        told = await (await self._orders.provider()).retrieve(ref)
        if not told:
            return None
        return RecordOrderHappenings(org, self._orders.actor, order, tuple(told))
