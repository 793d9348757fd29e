"""Checkouts: a page is opened at the provider for each purchase that is paid on one."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.command import Command
from api.commands.purchases.notices import RecordCheckout, RecordHappening
from api.effects.effect import FactEffect, asking
from api.effects.purchases.stripe_purchases import StripePurchases
from ledger.kernel.actor import Actor
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import name_of
from ledger.kernel.outside import NeverTaken
from ledger.ports import RecordedEvent
from ledger.purchases.notice import CheckoutExpired, PaymentFailed
from ledger.purchases.payment import PurchaseStarted
from ledger.purchases.provider import CheckoutAsked, PaymentProvider
from ledger.purchases.purchase_base import Stage
from ledger.registry import fact_of
from projections.ports import Call

REFUSED = "refused"
"""The code of a payment that the provider will not begin."""

_asked = decoder(CheckoutAsked)


class Checkouts(FactEffect):
    """Opens the pages that requests did not open at once."""

    name = "checkouts"
    types = (PurchaseStarted.TOPIC,)

    def __init__(self, purchases: StripePurchases) -> None:
        self._purchases = purchases

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, PurchaseStarted) or fact.page is None:
            return []
        if fact.provider != self._purchases.name:
            return []
        asked = checkout_of(event.org, fact)
        return [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object] | None:
        """Open the page, unless it is there."""
        asked = _asked(call.content)
        state = await self._purchases.look_up(lambda states: states.of(asked.org, asked.purchase))
        if state is None or state.status != Stage.STARTED:
            return None
        if asked.expires_us <= self._purchases.clock():
            late = CheckoutExpired("")
            return RecordHappening(asked.org, self._purchases.actor, asked.purchase, late)
        return await open_checkout(await self._purchases.provider(), asked, self._purchases.actor)


async def open_checkout(
    provider: PaymentProvider, asked: CheckoutAsked, actor: Actor
) -> Command[object]:
    """Open a page at a provider, and return what records it, or that there will be none. Raises
    NotTaken."""
    try:
        opened = await provider.open_checkout(asked)
    except NeverTaken:
        return RecordHappening(asked.org, actor, asked.purchase, PaymentFailed(REFUSED))
    return RecordCheckout(asked.org, actor, asked.purchase, opened)


def checkout_of(org: str, fact: PurchaseStarted) -> CheckoutAsked:
    """Return what is asked of the provider for a purchase that is paid on a page."""
    assert fact.page is not None
    return CheckoutAsked(
        org,
        name_of(fact.originator_id),
        fact.money,
        description_of(fact),
        fact.page.success_url,
        fact.page.cancel_url,
        fact.page.expires_us,
    )


def description_of(fact: PurchaseStarted) -> str:
    """Return what the buyer reads on the page and on the receipt."""
    return f"{(fact.credits + fact.bonus) // 10**6:,} credits"
