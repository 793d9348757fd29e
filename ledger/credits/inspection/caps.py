"""Checks of what caps counted and of the alerts they raised: worked out again from the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ledger.credits.cap_book import CapBook
from ledger.credits.cap_entries import COUNTED_FACTS, caps_version_of, entries_of
from ledger.credits.caps import (
    ANY_LIMIT,
    Alert,
    Cap,
    Counter,
    CounterKey,
    add,
    buckets,
    count,
)
from ledger.credits.counter_row import counter_row
from ledger.credits.facts import lines_of
from ledger.credits.ports import CounterRow, KeptCredits
from ledger.inspection import Folded, Has, Inspection
from ledger.kernel.aggregate import Fact
from ledger.kernel.report import Place, Report, compare
from ledger.ports import RecordedEvent


class CapInspection(Inspection):
    """Counts every use and every hold again under the caps that were in force.

    Facts that were recorded when caps knew no holds name no version of the cap book: their lines
    count, and alert, as they did then.
    """

    KINDS = WHOLE = ("caps",)
    COLUMNS = ("spent", "held", "alerted")

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._check = report["caps"]
        self._caps: dict[str, dict[int, list[Cap]]] = defaultdict(dict)
        self._in_force: dict[str, int] = {}
        self._counters: dict[CounterKey, Counter] = {}
        self._due: dict[str, list[Alert]] = defaultdict(list)
        self._as_before: dict[str, bool] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Put caps in force, or count what a fact means to them."""
        if not self.whole:  # what is added up needs every event
            return
        if isinstance(fact, CapBook.AlertRaised):
            self._see_alert(event, fact)
            return
        if event.org in self._due:
            self._find_missing(event.org, _place_of(event))
        if isinstance(fact, CapBook.CapsSet):
            self._caps[event.org][event.version] = fact.caps
            self._in_force[event.org] = event.version
        elif isinstance(fact, COUNTED_FACTS):
            self._count(event, fact)

    def counted(self) -> list[CounterRow]:
        """Return what the rows must be; what costs nothing leaves none."""
        return [counter_row(*each) for each in self._counters.items()]

    def end(self, store: KeptCredits, folded: Folded, has: Has) -> None:
        """Compare the stored counters, where all of them could be counted."""
        if self.whole:
            self.compare(row for row in store.counters() if has(row.org))

    def compare(self, stored: Iterable[CounterRow]) -> None:
        """Compare with the stored counters."""
        for org in list(self._due):
            self._find_missing(org, Place(org))
        right = {_place(row): row[4:] for row in self.counted()}
        rows = [(_place(row), row[4:]) for row in stored]
        for place in compare(self._check, self.COLUMNS, right, rows):
            self._check.find(place, "missing: usage was counted here")

    # -- inside ------------------------------------------------------------------------------

    def _count(self, event: RecordedEvent, fact: Fact) -> None:
        version, in_force = caps_version_of(fact), self._in_force.get(event.org, 0)
        if version not in (0, in_force):
            self._check.find(
                _place_of(event), f"counted by caps of version {version}, not of {in_force}"
            )
        if lines_of(fact):
            self._as_before[event.org] = not version
        if event.org not in self._caps:
            return  # no caps were ever set: nothing counts it
        for entry in entries_of(event.org, fact, lambda at: self._caps_at(event.org, at)):
            if version:
                self._due[event.org] += count(entry, self._counters)
            else:
                add(entry, self._counters)

    def _caps_at(self, org: str, version: int) -> list[Cap]:
        return self._caps[org].get(version or self._in_force.get(org, 0), [])

    def _see_alert(self, event: RecordedEvent, fact: CapBook.AlertRaised) -> None:
        due = self._due[event.org]
        if due:
            alert = (
                fact.cap,
                fact.subject,
                fact.period_from_us,
                fact.percent,
                fact.spent,
                fact.limit,
            )
            if alert != _stated(due.pop(0)):
                self._check.find(_place_of(event), "no usage says so")
            return
        cap = next((c for c in self._caps_at(event.org, 0) if c.id == fact.cap), None)
        if cap is None or not self._as_before.get(event.org):
            self._check.find(_place_of(event), "no usage says so")
            return
        bucket_us = buckets(cap, event.recorded_us)[-1]
        key = CounterKey(event.org, cap.id, fact.subject, bucket_us)
        self._counters.setdefault(key, Counter()).has_alerted(ANY_LIMIT, fact.percent)

    def _find_missing(self, org: str, place: Place) -> None:
        """Alerts come right after the usage that they are about."""
        for alert in self._due.pop(org, []):
            self._check.find(place, f"the alert of {alert.cap.id} at {alert.percent} % is missing")


def _stated(alert: Alert) -> tuple[object, ...]:
    """Return what an alert's event must say."""
    return (
        alert.cap.id,
        alert.subject,
        alert.bucket_us,
        alert.percent,
        alert.spent,
        alert.cap.limit,
    )


def _place_of(event: RecordedEvent) -> Place:
    return Place(event.org, event.sequence, position=event.position)


def _place(row: CounterRow) -> Place:
    return Place(row.org, row=f"cap {row.cap} {row.subject} from {row.bucket_us}")
