"""Cap counters: what spend caps have counted, and the alerts of what they count now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from api.commands.counters import Counters
from api.commands.credits.lookup import caps_at, caps_of
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.credits.cap_entries import entries_of, is_counted
from ledger.credits.caps import Alert, Counter, CounterKey, Entry, count
from ledger.credits.counter_row import counter_of, counter_row
from ledger.credits.ports import CreditRows
from ledger.kernel.ids import split_stream_id
from ledger.ports import Batch


class CapCounters(Counters[CounterKey, Counter]):
    """The counters of caps that one process's groups use."""

    def __init__(self, rows: CreditRows) -> None:
        super().__init__(self._stored, Counter)
        self._rows = rows

    def add(self, org: str, entries: Sequence[Entry]) -> list[Alert]:
        """Add what a fact means; return the thresholds it crossed."""
        keys = (key for entry in entries for window in entry.windows for key in window.keys)
        counters = self.read(org, keys)
        alerts = [alert for entry in entries for alert in count(entry, counters)]
        self.count(org, counters)
        return alerts

    def write(self, batch: Batch) -> None:
        batch.counters = [counter_row(*each) for each in self.counted.items()]

    def _stored(self, keys: Iterable[CounterKey]) -> dict[CounterKey, Counter]:
        return dict(map(counter_of, self._rows.counter_rows(keys)))


def count_towards_caps(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Add a fact to what caps have counted; the alerts come right after it."""
    fact = pending_fact.fact
    if not is_counted(fact):
        return
    org, _ = split_stream_id(fact.originator_id)
    entries = list(entries_of(org, fact, lambda version: caps_at(unit, org, version)))
    alerts = unit.state(CapCounters).add(org, entries) if entries else []
    book = caps_of(unit, org) if alerts else None
    if book is not None:
        for alert in alerts:
            book.raise_alert(alert, fact.timestamp)
        unit.record(book, pending_fact.actor)
