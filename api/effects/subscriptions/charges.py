"""Charges: the payment method of a subscription is charged for each invoice that asks for it."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.command import Command
from api.commands.subscriptions.charges import RecordCharge
from api.effects.effect import FactEffect, asking
from api.effects.purchases.checkouts import REFUSED
from api.effects.purchases.stripe_purchases import StripePurchases
from ledger.kernel.decoding import decoder
from ledger.kernel.outside import NeverTaken
from ledger.ports import RecordedEvent
from ledger.purchases.notice import PaymentAuthorised, PaymentFailed
from ledger.purchases.provider import ChargeAsked
from ledger.registry import fact_of
from ledger.subscriptions import subscription_facts
from projections.ports import Call

_asked = decoder(ChargeAsked)


class SubscriptionCharges(FactEffect):
    """Charges payment methods for what subscriptions cost."""

    name = "subscription-charges"
    types = (subscription_facts.ChargeAsked.TOPIC,)

    def __init__(self, purchases: StripePurchases) -> None:
        self._purchases = purchases

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, subscription_facts.ChargeAsked):
            return []
        asked = ChargeAsked(
            event.org,
            fact.charge,
            fact.money,
            f"Invoice {fact.invoice}",
            fact.method.customer,
            fact.method.method,
        )
        return [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object] | None:
        """Charge, and return what records how it goes. The provider knows each charge by its id, so
        that one is made however often it is asked."""
        asked = _asked(call.content)
        try:
            told = await (await self._purchases.provider()).charge(asked)
        except NeverTaken:
            told = PaymentFailed(REFUSED)
        assert not isinstance(told, PaymentAuthorised)  # it is charged at once
        return RecordCharge(asked.org, self._purchases.actor, asked.purchase, told)
