"""Refunds: money is sent back by the provider for each that was asked for."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from api.commands.command import Command
from api.commands.purchases.notices import RecordHappening
from api.effects.effect import FactEffect, asking
from api.effects.purchases.checkouts import REFUSED
from api.effects.purchases.stripe_purchases import StripePurchases
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import name_of
from ledger.kernel.outside import NeverTaken
from ledger.ports import RecordedEvent
from ledger.purchases.notice import Money, RefundChanged, RefundState
from ledger.purchases.provider import RefundAsked
from ledger.purchases.purchase import Purchase
from ledger.registry import fact_of
from projections.ports import Call


class _Asked(msgspec.Struct):
    purchase: str
    refund: str
    money: Money


_asked = decoder(_Asked)


class Refunds(FactEffect):
    """Sends money back."""

    name = "refund-calls"
    types = (Purchase.RefundRequested.TOPIC,)

    def __init__(self, purchases: StripePurchases) -> None:
        self._purchases = purchases

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, Purchase.RefundRequested):
            return []
        asked = _Asked(name_of(fact.originator_id), fact.refund, fact.money)
        return [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object] | None:
        """Ask for it, and return what records where it is. One that is refused has failed: its
        credits come back."""
        org, asked = call.name.org, _asked(call.content)
        state = await self._purchases.look_up(lambda states: states.of(org, asked.purchase))
        if state is None or state.payment is None:
            raise NeverTaken("the purchase was paid by no payment that is known.")
        if state.provider != self._purchases.name:
            return None
        wanted = RefundAsked(org, asked.purchase, asked.refund, state.payment, asked.money)
        try:
            told = await (await self._purchases.provider()).refund(wanted)
        except NeverTaken:
            told = RefundChanged(
                "", state.payment, asked.money, RefundState.FAILED, asked.refund, REFUSED
            )
        return RecordHappening(org, self._purchases.actor, asked.purchase, told)
