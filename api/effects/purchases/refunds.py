"""Refunds: money is sent back by the provider for each that was asked for."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from api.commands.command import Command
from api.commands.purchases.notices import RecordHappening
from api.effects.effect import FactEffect
from api.effects.purchases.checkouts import REFUSED
from api.effects.purchases.payments import Payments
from ledger.kernel.ids import split_stream_id
from ledger.kernel.outside import NeverTaken
from ledger.ports import RecordedEvent
from ledger.purchases.notice import Money, RefundChanged, RefundState
from ledger.purchases.provider import RefundAsked
from ledger.purchases.purchase import Purchase
from ledger.registry import fact_of
from projections.ports import Call, CallName


class _Asked(msgspec.Struct):
    purchase: str
    refund: str
    money: Money


_asked = msgspec.json.Decoder(_Asked).decode


class Refunds(FactEffect):
    """Sends money back."""

    name = "refund-calls"
    types = (Purchase.RefundRequested.TOPIC,)

    def __init__(self, payments: Payments) -> None:
        self._payments = payments

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, Purchase.RefundRequested):
            return []
        _, stream = split_stream_id(fact.originator_id)
        asked = _Asked(stream.partition("/")[2], fact.refund, fact.money)
        content = msgspec.json.encode(asked).decode()
        return [Call(CallName(event.org, self.name, str(event.sequence)), content)]

    async def call(self, call: Call) -> Command[object] | None:
        """Ask for it, and return what records where it is. One that is refused has failed: its
        credits come back."""
        org, asked = call.name.org, _asked(call.content)
        state = await self._payments.look_up(lambda states: states.of(org, asked.purchase))
        if state is None or state.payment is None:
            raise NeverTaken("the purchase was paid by no payment that is known.")
        if state.provider != self._payments.provider.name:
            return None
        wanted = RefundAsked(org, asked.purchase, asked.refund, state.payment, asked.money)
        try:
            told = await self._payments.provider.refund(wanted)
        except NeverTaken:
            told = RefundChanged(
                "", state.payment, asked.money, RefundState.FAILED, asked.refund, REFUSED
            )
        return RecordHappening(org, self._payments.actor, asked.purchase, told)
