"""Alarms of purchases: money that is not what was asked for, and rules that ended by themselves.

They are raised by what is recorded, so once for each, whichever process has recorded it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from enum import StrEnum

from api.effects.alerts import NEWS_US
from api.effects.effect import FactEffect
from ledger.kernel.alarms import Alarm
from ledger.kernel.ids import name_of
from ledger.kernel.money import format_amount
from ledger.ports import Clock, RecordedEvent
from ledger.purchases.purchase import Purchase
from ledger.purchases.purchase_base import Flag
from ledger.purchases.recharge import Recharge
from ledger.purchases.recharge_facts import Stop
from ledger.registry import fact_of
from projections.ports import Call, CallName

OF_MONEY = frozenset({Flag.OTHER_MONEY, Flag.PAID_TWICE})
"""Why somebody who operates must look; who buys too often or too much is the org's to look at."""

_log = logging.getLogger(__name__)


class Kind(StrEnum):
    """Which alarm it is."""

    MONEY = "money"
    STOPPED = "stopped"
    TOO_FAST = "too fast"


class PurchaseAlarms(FactEffect):
    """Raises the alarms. It calls nobody."""

    name = "purchase-alarms"
    types = (Purchase.PurchaseFlagged.TOPIC, Recharge.RechargeStopped.TOPIC)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        if event.type not in self.types or event.recorded_us < self._clock() - NEWS_US:
            return []
        found = _alarm(event)
        if found is None:
            return []
        kind, text = found
        name = CallName(event.org, self.name, str(event.sequence))
        return [Call(name, f"{kind}: {text}")]

    async def call(self, call: Call) -> None:
        """Raise one."""
        kind, _, text = call.content.partition(": ")
        match kind:
            case Kind.MONEY:
                _log.error("ALARM: %s", text, extra=Alarm.PAYMENT_DIFFERS.mark)
            case Kind.TOO_FAST:
                _log.error("ALARM: %s", text, extra=Alarm.RECHARGES_TOO_FAST.mark)
            case _:
                _log.error("ALARM: %s", text, extra=Alarm.RECHARGE_STOPPED.mark)


def _alarm(event: RecordedEvent) -> tuple[Kind, str] | None:
    """Return which alarm an event is, and what it says."""
    match fact_of(event):
        case Purchase.PurchaseFlagged() as flagged if flagged.why in OF_MONEY:
            assert flagged.money is not None
            money, currency = flagged.money.amount, flagged.money.currency
            told = f"{format_amount(money, currency)} {currency}"
            purchase = name_of(flagged.originator_id)
            return Kind.MONEY, f"{told} of {purchase} of {event.org}: {flagged.why}"
        case Recharge.RechargeStopped() as stopped:
            kind = Kind.TOO_FAST if stopped.why is Stop.TOO_FAST else Kind.STOPPED
            return kind, f"the rule of {stopped.user} of {event.org} ended: {stopped.why}"
    return None
