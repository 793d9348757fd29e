"""Overage of subscriptions that a provider runs: it is put on the provider's draft, once."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from api.commands.command import Command
from api.commands.subscriptions.mirrored_overage import RecordOverageLeft
from api.effects.effect import FactEffect, asking
from api.effects.purchases.stripe_purchases import StripePurchases
from ledger.kernel.decoding import decoder
from ledger.kernel.outside import NeverTaken
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from ledger.subscriptions.mirror_facts import OverageDrafted
from ledger.subscriptions.provider import ChargeAdded, SubscriptionProviders
from projections.ports import Call


class Asked(msgspec.Struct, frozen=True):
    """What is to be added, and whose subscription it is of."""

    user: str
    charge: ChargeAdded


_asked = decoder(Asked)


class DraftedOverage(FactEffect):
    """Adds overage to drafts."""

    name = "subscription-overage"
    types = (OverageDrafted.TOPIC,)

    def __init__(self, purchases: StripePurchases, subscribed: SubscriptionProviders) -> None:
        self._purchases = purchases
        self._subscribed = subscribed

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, OverageDrafted):
            return []
        charge = ChargeAdded(
            event.org,
            fact.invoice,  # one for each draft
            fact.customer,
            fact.mirrors,
            fact.invoice,
            fact.money,
            fact.text,
        )
        return [asking(event, self.name, Asked(fact.user, charge))]

    async def call(self, call: Call) -> Command[object] | None:
        """Add it, and return what records that it cannot be: an invoice is a draft for an hour. How
        it is paid is told with the invoice."""
        asked = _asked(call.content)
        try:
            await (await self._subscribed.subscriptions()).add_charge(asked.charge)
        except NeverTaken:
            charge, actor = asked.charge, self._purchases.actor
            return RecordOverageLeft(charge.org, actor, asked.user, charge.invoice)
        return None
