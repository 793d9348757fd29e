"""What spend caps have counted."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.counters import Counters
from ledger.credits.caps import Counter, CounterKey
from ledger.ports import Journal


class CapCounters(Counters[CounterKey, Counter]):
    """The counters of caps that one process's groups use. Used by one thread."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(self._stored, Counter)
        self._journal = journal

    def since(self, org: str, bucket_us: int) -> dict[CounterKey, int]:
        """What an org's counters hold in microcredits, from a day or month on."""
        rows = self._journal.counters_since(org, bucket_us)
        spent = {CounterKey(*row[:4]): row.spent for row in rows}
        return spent | {key: counter.spent for key, counter in self.in_doubt(org).items()}

    def _stored(self, keys: Iterable[CounterKey]) -> dict[CounterKey, Counter]:
        rows = self._journal.counter_rows(keys)
        return {CounterKey(*row[:4]): Counter(row.spent, row.alerted) for row in rows}
