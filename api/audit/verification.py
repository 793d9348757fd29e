"""Verification of a whole store: reads it once, page by page, and asks every inspection.

The order matters: first a snapshot of the store, then the read models are brought up to it, then
a second snapshot for them. So both sides of every comparison are complete, also while the service
goes on writing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from adapters.archive import Archives
from adapters.clickhouse.usage import ClickHouseUsage
from adapters.postgres.archived import heads_after
from adapters.postgres.snapshot import PostgresSnapshot
from api.audit.access_verification import verify_access_log
from api.audit.rare_collections import rare_collections
from api.audit.read_models import Read, TransactionsComparison, UsageComparison
from api.container import Endpoints, projections
from ledger.audit.inspection import Place, Report
from ledger.audit.inspection_books import BooksInspection
from ledger.audit.inspection_chain import ChainInspection
from ledger.audit.inspection_erasure import ErasureInspection
from ledger.audit.inspection_facts import (
    KeyInspection,
    digests_of,
    keys_of,
    read_fact,
    see_text,
)
from ledger.audit.inspection_rating import CapInspection, RatingInspection
from ledger.credits.transactions import transactions_of
from ledger.facts import fact_of
from ledger.kernel.errors import LedgerError
from ledger.ports import RecordedEvent
from projections.engine import Projection, Runner
from projections.usage import Usage

PATIENCE_S = 30.0
"""How long another process gets to bring a read model up to date."""

NEED_HISTORY = (
    "keys",
    "balances",
    "postings",
    "accounts",
    "prices",
    "caps",
    "orgs",
    "api_keys",
    "allowances",
    "texts",
)
"""Kinds of checks that take every event there ever was."""

OnProgress = Callable[[int, int], None]
"""Told how many positions are done, of how many."""


def verify(
    ends: Endpoints, on_progress: OnProgress | None = None, archives: Archives | None = None
) -> Report:
    """Check everything; `archives` hold the events that were taken out of the store.

    Raises Unavailable when PostgreSQL cannot be read, ArchiveUnreadable when an archive cannot.
    """
    with rare_collections():
        return _verify(ends, on_progress, archives)


def _verify(ends: Endpoints, on_progress: OnProgress | None, archives: Archives | None) -> Report:
    started = time.monotonic()
    report = Report()

    def last() -> int:
        with PostgresSnapshot(ends.database.writer) as now:
            return now.last_position()

    with PostgresSnapshot(ends.database.writer, archives) as store:
        _bring_up(report, ends, store.last_position())
        with PostgresSnapshot(ends.database.writer) as models:
            table = ClickHouseUsage(ends.clickhouse_url)
            try:
                _Verification(report, store, models, table, last).run(on_progress)
            finally:
                table.close()
    verify_access_log(report, ends.database.writer)
    report.seconds = time.monotonic() - started
    return report


def _bring_up(report: Report, ends: Endpoints, position: int) -> None:
    """Have every read model apply the events of the snapshot; what fails is found out later."""
    for projection in projections(ends, linger_s=0):
        try:
            _bring_up_one(projection, position)
        except LedgerError as error:
            report[projection.name].reason = error.detail


def _bring_up_one(projection: Projection, position: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    runner = Runner(projection, threading.Event())
    while not runner.catch_up(position):
        if runner.position() >= position or time.monotonic() > deadline:
            return
        time.sleep(0.05)


class _Verification:
    """One pass over the events, then over what is kept beside them."""

    def __init__(
        self,
        report: Report,
        store: PostgresSnapshot,
        models: PostgresSnapshot,
        table: ClickHouseUsage,
        last_position: Callable[[], int],
    ) -> None:
        self._report = report
        self._last_position = last_position
        self._store = store
        self._models = models
        self._chain = ChainInspection(report)
        self._books = BooksInspection(report)
        self._rating = RatingInspection(report)
        self._caps = CapInspection(report)
        self._keys = KeyInspection(report)
        self._erasures = ErasureInspection(report)
        self._transactions = TransactionsComparison(report["transactions"], models)
        self._gap = store.archived.gap
        self._usage = UsageComparison(
            report["usage"], table, models.projected(Usage.name), after=self._gap or -1
        )
        if self._gap:
            self._chain.begin_after(heads_after(store.archived.manifests), self._gap)

    def run(self, on_progress: OnProgress | None) -> None:
        last = self._store.last_position()
        for events in self._store.events():
            self._see(events)
            if on_progress is not None:
                on_progress(self._report.events, max(last, self._report.events))
        self._end()

    def _see(self, events: list[RecordedEvent]) -> None:
        self._report.position = max(self._report.position, events[-1].position)
        page = [self._read(event) for event in events]
        self._see_keys(page)
        self._see_digests(page)
        self._transactions.see(page)
        self._usage.see(page)

    def _read(self, event: RecordedEvent) -> Read:
        sound = self._chain.see(event)
        fact = read_fact(self._report, event, sound=sound)
        self._report.events += 1
        if fact is None:
            self._books.lose(event)
            return Read(event, None)
        if not self._gap:  # these need all history
            self._books.see(event, fact)
            self._rating.see(event, fact)
            self._caps.see(event, fact)
            self._erasures.see(event, fact)
        transactions = transactions_of(fact)
        self._report.lines += len(transactions)
        return Read(event, fact, transactions)

    def _see_keys(self, page: list[Read]) -> None:
        right = [row for event, fact, _ in page if fact is not None for row in keys_of(event, fact)]
        self._keys.see(right, self._store.keys([row.key for row in right]))

    def _see_digests(self, page: list[Read]) -> None:
        check = self._report["texts"]
        held = {
            (event.org, digest): event
            for event, fact, _ in page
            if fact is not None
            for digest in digests_of(event, fact)
        }
        known = self._store.known_digests(held) if held else set()
        check.checked += len(held)
        for (org, digest), event in held.items():
            if (org, digest) not in known:
                check.find(Place(org, event.sequence, row=digest), "the text's row is missing")

    def _end(self) -> None:
        self._chain.end(self._store.heads(), self._store.shard_position())
        for org, text in self._store.texts():
            see_text(self._report, org, text)
            self._erasures.see_text(org, text.digest)
        self._end_archives()
        if self._gap:
            self._pass_over_history()
        else:
            self._end_history()
        self._transactions.end()
        self._usage.end(self._last_position)

    def _end_archives(self) -> None:
        check = self._report["archives"]
        archived = self._store.archived
        check.checked += 0 if self._gap else len(archived.manifests)
        for difference in archived.differences:
            check.find(Place(), difference)

    def _end_history(self) -> None:
        """Compare what is made of all events."""
        self._books.compare_balances(self._store.balances())
        self._caps.compare(self._store.counters())
        self._books.compare_orgs(self._store.directory("orgs"))
        self._books.compare_api_keys(self._store.directory("api_keys"))
        self._books.compare_allowances(self._store.directory("allowances"))
        self._erasures.compare(self._store.erased_texts())
        if self._store.key_count() != self._keys.agreed:
            self._find_stray_keys()

    def _pass_over_history(self) -> None:
        archived = self._store.archived.manifests
        self._report["archives"].pass_over(
            f"the events up to position {self._gap} are archived: give --archive with the folder "
            f"or URL of {archived[0].file}.",
            len(archived),
        )
        for kind in NEED_HISTORY:
            self._report[kind].pass_over("it is made of events that are archived: give --archive.")

    def _find_stray_keys(self) -> None:
        """Only when the numbers differ: each stored key is looked up in the event it names."""
        for row in self._store.all_keys():
            event = self._store.event_at(row.key.org, row.sequence)
            fact = None
            if event is None and self._store.archived.holds(row.key.org, row.sequence):
                self._report["keys"].pass_over(f"{row.key.key}: the event it names is archived.")
                continue
            if event is not None:
                try:
                    fact = fact_of(event)
                except LedgerError:
                    fact = None
            self._keys.see_stray(row, event, fact)
