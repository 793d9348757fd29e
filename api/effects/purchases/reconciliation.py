"""Reconciliation: every night the provider's book of the last days is compared with ours, and its
fees and payouts recorded."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable

from api.effects.effect import StateEffect
from api.effects.purchases.stripe_purchases import StripePurchases
from api.reconciliation.reconcile import Reconciled
from api.reconciliation.reconciler import Range
from ledger.kernel.alarms import Alarm
from ledger.kernel.ids import PLATFORM
from ledger.kernel.times import DAY_US, day_of
from projections.ports import Call, CallName

DAYS = 3
"""How many days are looked at each night: what was mended meanwhile is seen as mended."""

AFTER_US = 3600 * 1_000_000
"""How long after midnight: what the day has brought was heard by then."""

_log = logging.getLogger(__name__)


class Reconciliation(StateEffect):
    """Reconciles once a day."""

    name = "reconciliation"

    def __init__(
        self, purchases: StripePurchases, reconcile: Callable[[Range], Awaitable[Reconciled]]
    ) -> None:
        self._purchases = purchases
        self._reconcile = reconcile

    def look(self) -> Iterable[Call]:
        name = self._purchases.name
        if not self._purchases.look(lambda states: states.has_any(name)):
            return []  # who was asked for nothing has moved nothing
        day = (self._purchases.clock() - AFTER_US) // DAY_US
        key = f"{name}/{day_of(day * DAY_US)}"
        return [Call(CallName(PLATFORM, self.name, key), str(day))]

    async def call(self, call: Call) -> None:
        """Reconcile the days before one."""
        until_us = int(call.content) * DAY_US
        during = Range(until_us - DAYS * DAY_US, until_us)
        found = (await self._reconcile(during)).compared.differences
        if found:
            _log.error(
                "ALARM: what %s says differs from ours, %s times: tally reconcile %s --from %s "
                "--to %s --dry-run lists them",
                self._purchases.name,
                len(found),
                self._purchases.name,
                *map(day_of, during),
                extra=Alarm.RECONCILIATION_DIFFERS.mark,
            )
