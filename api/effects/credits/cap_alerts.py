"""Cap alerts: the operator is told that a threshold of a spend cap was crossed."""

from __future__ import annotations

from collections.abc import Iterable

from api.effects.alerts import NEWS_US, alert_call, post_alert
from api.effects.effect import FactEffect
from api.queries.credits.caps import values_of
from ledger.credits.cap_book import CapBook
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.outside import Receiver
from ledger.kernel.times import format_time
from ledger.ports import Clock, RecordedEvent
from ledger.registry import fact_of
from projections.ports import Call, CallName

CROSSED = "cap.threshold_crossed"


class CapAlerts(FactEffect):
    """Posts each alert that a cap book has raised."""

    name = "cap-alerts"
    types = (CapBook.AlertRaised.TOPIC,)

    def __init__(self, receiver: Receiver, clock: Clock) -> None:
        self._receiver = receiver
        self._clock = clock

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        if event.type not in self.types or event.recorded_us < self._clock() - NEWS_US:
            return []
        fact = fact_of(event)
        assert isinstance(fact, CapBook.AlertRaised)
        what = {
            "sequence": event.sequence,
            "cap": fact.cap,
            "values": values_of(fact.subject),
            "period_from": format_time(fact.period_from_us),
            "percent": fact.percent,
            "spent": format_amount(fact.spent, CREDIT),
            "limit": format_amount(fact.limit, CREDIT),
        }
        name = CallName(event.org, self.name, str(event.sequence))
        return [alert_call(name, CROSSED, event.recorded_us, what)]

    async def call(self, call: Call) -> None:
        await post_alert(self._receiver, call)
