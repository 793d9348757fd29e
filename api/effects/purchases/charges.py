"""Charges: a saved payment method is charged for each purchase that a rule has begun."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from api.commands.command import Command
from api.commands.purchases.notices import RecordHappening
from api.effects.effect import FactEffect
from api.effects.purchases.checkouts import REFUSED, description_of
from api.effects.purchases.payments import Payments
from ledger.kernel.ids import split_stream_id
from ledger.kernel.outside import NeverTaken
from ledger.ports import RecordedEvent
from ledger.purchases.notice import PaymentFailed
from ledger.purchases.payment import PurchaseStarted
from ledger.purchases.provider import ChargeAsked
from ledger.purchases.purchase_base import Stage
from ledger.registry import fact_of
from projections.ports import Call, CallName

_asked = msgspec.json.Decoder(ChargeAsked).decode


class Charges(FactEffect):
    """Charges payment methods while nobody is there."""

    name = "charges"
    types = (PurchaseStarted.TOPIC,)

    def __init__(self, payments: Payments) -> None:
        self._payments = payments

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, PurchaseStarted) or fact.charge is None:
            return []
        if fact.provider != self._payments.provider.name:
            return []
        _, stream = split_stream_id(fact.originator_id)
        asked = ChargeAsked(
            event.org,
            stream.partition("/")[2],
            fact.money,
            description_of(fact),
            fact.charge.customer,
            fact.charge.method,
        )
        content = msgspec.json.encode(asked).decode()
        return [Call(CallName(event.org, self.name, str(event.sequence)), content)]

    async def call(self, call: Call) -> Command[object] | None:
        """Charge, unless it is known how it went or nobody wants it any more, and return what
        records how it goes."""
        asked = _asked(call.content)
        state = await self._payments.look_up(lambda states: states.of(asked.org, asked.purchase))
        if state is None or state.status != Stage.STARTED:
            return None
        try:
            told = await self._payments.provider.charge(asked)
        except NeverTaken:
            told = PaymentFailed(REFUSED)
        return RecordHappening(asked.org, self._payments.actor, asked.purchase, told)
