"""Charges: a saved payment method is charged for each purchase that a rule has begun."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.command import Command
from api.commands.purchases.notices import RecordHappening
from api.effects.effect import FactEffect, asking
from api.effects.purchases.checkouts import REFUSED, description_of
from api.effects.purchases.stripe_purchases import StripePurchases
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import name_of
from ledger.kernel.outside import NeverTaken
from ledger.ports import RecordedEvent
from ledger.purchases.notice import PaymentFailed
from ledger.purchases.payment import PurchaseStarted
from ledger.purchases.provider import ChargeAsked
from ledger.purchases.purchase_base import Stage
from ledger.registry import fact_of
from projections.ports import Call

_asked = decoder(ChargeAsked)


class Charges(FactEffect):
    """Charges payment methods while nobody is there."""

    name = "charges"
    types = (PurchaseStarted.TOPIC,)

    def __init__(self, purchases: StripePurchases) -> None:
        self._purchases = purchases

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, PurchaseStarted) or fact.charge is None:
            return []
        if fact.provider != self._purchases.name:
            return []
        asked = ChargeAsked(
            event.org,
            name_of(fact.originator_id),
            fact.money,
            description_of(fact),
            fact.charge.customer,
            fact.charge.method,
        )
        return [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object] | None:
        """Charge, unless it is known how it went or nobody wants it any more, and return what
        records how it goes."""
        asked = _asked(call.content)
        state = await self._purchases.look_up(lambda states: states.of(asked.org, asked.purchase))
        if state is None or state.status != Stage.STARTED:
            return None
        try:
            told = await (await self._purchases.provider()).charge(asked)
        except NeverTaken:
            told = PaymentFailed(REFUSED)
        return RecordHappening(asked.org, self._purchases.actor, asked.purchase, told)
