"""Missed notices: the provider is asked about what it has not told us for long, and for all that it
told since it was asked last."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.command import Command
from api.commands.purchases.notices import RecordStanding
from api.effects.effect import StateEffect
from api.effects.purchases.stripe_purchases import StripePurchases
from api.inbound.notices import NoticeInbox
from ledger.kernel.ids import PLATFORM
from ledger.purchases.inbox import KeptNotice
from ledger.purchases.provider import PurchaseRef
from projections.ports import Call, CallName

ASK_US = 15 * 60 * 1_000_000
"""For how long something is left to the provider's notices, and how often it is asked then."""

AT_ONCE_MAX = 200
KEPT_US = 30 * 24 * 3600 * 1_000_000
"""For how long providers keep what they told."""

TOGETHER = 100
"""How many notices are kept in one transaction."""

LATE_US = 3600 * 1_000_000
"""By how much what is told may come into their lists late."""


class MissedPurchases(StateEffect):
    """Asks how purchases stand that wait for the provider."""

    name = "missed-purchases"

    def __init__(self, purchases: StripePurchases) -> None:
        self._purchases = purchases

    def look(self) -> Iterable[Call]:
        now_us = self._purchases.clock()
        name = self._purchases.name
        waiting = self._purchases.look(
            lambda states: states.waiting(name, now_us - ASK_US, AT_ONCE_MAX)
        )
        return [
            Call(CallName(each.org, self.name, f"{each.id}/{now_us // ASK_US}"), each.id)
            for each in waiting
        ]

    async def call(self, call: Call) -> Command[object] | None:
        """Ask about a purchase, and return what records how it stands."""
        org, purchase = call.name.org, call.content
        state = await self._purchases.look_up(lambda states: states.of(org, purchase))
        if state is None:
            return None
        ref = PurchaseRef(org, purchase, state.session, state.payment)
        told = await (await self._purchases.provider()).retrieve(ref)
        return RecordStanding(org, self._purchases.actor, purchase, tuple(told)) if told else None


class MissedNotices(StateEffect):
    """Keeps in the inbox what the provider told and nobody heard."""

    name = "missed-notices"

    def __init__(self, purchases: StripePurchases, inbox: NoticeInbox) -> None:
        self._purchases = purchases
        self._inbox = inbox

    def look(self) -> Iterable[Call]:
        name = self._purchases.name
        if not self._purchases.look(lambda states: states.has_any(name)):
            return []  # who was asked for nothing has nothing to tell
        began_us = self._purchases.clock() // ASK_US * ASK_US
        key = f"{name}/{began_us:020}"
        return [Call(CallName(PLATFORM, self.name, key), "")]

    async def call(self, call: Call) -> None:
        """Ask for what was told since the last time, unless somebody has done so since."""
        provider, name = await self._purchases.provider(), self._purchases.name
        until_us = int(call.name.key.partition("/")[2])
        heard_us = await self._purchases.look_up(lambda states: states.heard_until(name))
        if heard_us is not None and heard_us >= until_us:
            return
        from_us = until_us - KEPT_US if heard_us is None else heard_us - LATE_US
        told = [each async for each in provider.events_since(None, from_us)]
        for first in range(0, len(told), TOGETHER):
            now_us = self._purchases.clock()
            kept = [KeptNotice(name, now_us, each) for each in told[first : first + TOGETHER]]
            await self._inbox.keep(*kept)
