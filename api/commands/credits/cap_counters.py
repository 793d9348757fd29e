"""What spend caps have counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from api.commands.counters import Counters
from ledger.credits.caps import Alert, Counter, CounterKey, Entry, count
from ledger.credits.counter_row import counter_of
from ledger.credits.ports import CreditRows


class CapCounters(Counters[CounterKey, Counter]):
    """The counters of caps that one process's groups use. Used by one thread."""

    def __init__(self, event_store: CreditRows) -> None:
        super().__init__(self._stored, Counter)
        self._event_store = event_store

    def add(self, org: str, entries: Sequence[Entry]) -> list[Alert]:
        """Add what a fact means; answer the thresholds it crossed."""
        keys = (key for entry in entries for window in entry.windows for key in window.keys)
        counters = self.read(org, keys)
        alerts = [alert for entry in entries for alert in count(entry, counters)]
        self.count(org, counters)
        return alerts

    def _stored(self, keys: Iterable[CounterKey]) -> dict[CounterKey, Counter]:
        return dict(map(counter_of, self._event_store.counter_rows(keys)))
