"""What spend caps have counted: by the group, by the one in flight, and as the store has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.credits.caps import Counter, CounterKey
from ledger.ports import Journal

COUNTERS_MAX = 100_000
"""Counters kept in memory for one org."""


class CapCounters:
    """The counters of caps that one process's groups use. Used by one thread."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known: dict[str, dict[CounterKey, Counter]] = {}
        self._flying: Mapping[CounterKey, Counter] = {}
        self.begin()

    # -- a group -----------------------------------------------------------------------------

    def begin(self) -> None:
        """A group begins: it has counted nothing."""
        self.counted: dict[CounterKey, Counter] = {}

    def fail(self) -> None:
        """The group did not commit: what it counted is read again."""
        self._evict(self.counted)

    def take_off(self) -> None:
        """The group is being committed: what it counted stands while the next is decided."""
        self._flying = self.counted

    def land(self) -> None:
        """The group in flight has committed."""
        self._flying = {}

    def crash(self) -> None:
        """The group in flight did not commit: what it counted is read again."""
        self._evict(self._flying)
        self._flying = {}

    def forget(self, org: str) -> None:
        """Others have written: an org's counters are read again."""
        self._known.pop(org, None)

    # -- what commands use -------------------------------------------------------------------

    def read(self, org: str, keys: Iterable[CounterKey]) -> dict[CounterKey, Counter]:
        """Copies of what was counted so far; `count` makes them true."""
        known = self._known.setdefault(org, {})
        if len(known) > COUNTERS_MAX:
            known.clear()
            known.update((key, c) for key, c in self._in_doubt().items() if key.org == org)
        keys = list(dict.fromkeys(keys))
        unseen = [key for key in keys if key not in known]
        if unseen:
            known.update((key, Counter()) for key in unseen)
            for row in self._journal.counter_rows(unseen):
                known[CounterKey(*row[:4])] = Counter(row.spent, row.alerted)
        return {key: Counter(known[key].spent, known[key].alerted) for key in keys}

    def since(self, org: str, bucket_us: int) -> dict[CounterKey, int]:
        """What an org's counters hold in microcredits, from a day or month on."""
        rows = self._journal.counters_since(org, bucket_us)
        spent = {CounterKey(*row[:4]): row.spent for row in rows}
        return spent | {key: c.spent for key, c in self._in_doubt().items() if key.org == org}

    def count(self, org: str, counters: Mapping[CounterKey, Counter]) -> None:
        """What the group's usage adds."""
        changed = {key: c for key, c in counters.items() if c != self._known[org][key]}
        self._known[org].update(changed)
        self.counted.update(changed)

    # -- inside ------------------------------------------------------------------------------

    def _in_doubt(self) -> dict[CounterKey, Counter]:
        """What is counted and not known to be stored."""
        return {**self._flying, **self.counted}

    def _evict(self, counted: Iterable[CounterKey]) -> None:
        for key in counted:
            self._known.pop(key.org, None)
