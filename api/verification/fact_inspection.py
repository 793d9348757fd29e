"""Fact inspection: what the events mean, and what is kept beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.verification.plan import Aspect, Evidence, Plan
from api.verification.read_models import (
    AnalystsComparison,
    StoredComparison,
)
from api.verification.read_page import ReadPage
from api.verification.summaries import SummaryComparison
from api.verification.wallet_snapshots import WalletSnapshotsComparison
from ledger.checks import CHECKS
from ledger.credits.transactions import transactions_of
from ledger.kernel.aggregate import Fact
from ledger.kernel.keys import KeyRow
from ledger.kernel.report import Check, Place, Report
from ledger.ports import RecordedEvent
from ledger.tables import TABLES
from ledger.verification.kept_rows import KeptRows
from ledger.verification.keys import (
    KeyInspection,
    KeyTally,
    keys_of,
    read_fact,
)
from ledger.verification.stored_rows import decode_row
from projections.credits.wallet_snapshots import WalletSnapshots
from projections.ports import Applied
from projections.read import Read, lines_of, read_alone
from projections.read_models import READ_MODELS, AnyModel
from projections.summary import Summary


class FactInspection:
    """What the events mean, and what is kept beside them."""

    def __init__(self, report: Report, evidence: Evidence, plan: Plan) -> None:
        self._report = report
        self._evidence = evidence
        self._scope = plan.scope
        self._last = plan.last
        self._begun = bool(plan.heads) and plan.last is None
        self._store = evidence.store
        self._kept = KeptRows(report)
        self._checks = [check(report, whole=not self._begun) for check in CHECKS]
        self._keys = KeyInspection(report)
        self._tally = KeyTally(plan.secret)
        self._unreadable = False
        self._looks_at_meaning = Aspect.MEANING in plan.aspects
        looks_at_models = Aspect.MODELS in plan.aspects
        self._comparisons = _comparisons(report, evidence, plan) if looks_at_models else []
        self._summaries = [
            each for each in self._comparisons if isinstance(each, SummaryComparison)
        ]
        self._wallet_snapshots = WalletSnapshotsComparison(
            report[WalletSnapshots.name], self._store, evidence.models, self._kept
        )
        if plan.last is not None:
            self._go_on(plan.last.folds)
        self._know_before(plan)

    def remembered(self) -> dict[str, Any]:
        """Return all that was added up."""
        return {
            "kept": self._kept.remembered(),
            "checks": [check.remembered() for check in self._checks],
            "keys": (self._tally.sum, self._tally.count),
            "wallet snapshots": self._wallet_snapshots.remembered(),
            "summaries": [each.remembered() for each in self._summaries],
        }

    def _go_on(self, folds: Mapping[str, Any]) -> None:
        self._kept.go_on(folds["kept"])
        for check, remembered in zip(self._checks, folds["checks"], strict=True):
            check.go_on(remembered)
        self._tally.sum, self._tally.count = folds["keys"]
        self._wallet_snapshots.go_on(folds["wallet snapshots"])
        for summary, remembered in zip(self._summaries, folds["summaries"], strict=True):
            summary.go_on(remembered)

    def see(self, events: Sequence[RecordedEvent], sound: Sequence[bool]) -> None:
        """Look at a page."""
        if self._looks_at_meaning:
            page = [self._read(event, each) for event, each in zip(events, sound, strict=True)]
            self._see_meaning(page)
        else:
            page = [read_alone(event) for event in events]
        if self._comparisons:
            read = ReadPage(page)
            for comparison in self._comparisons:
                comparison.see(read)

    def _see_meaning(self, page: Sequence[Read]) -> None:
        claimed = _claimed(page)
        if self._begun:
            self._keys.see(claimed, self._store.keys([row.key for row in claimed]))
        else:
            self._tally.claim(claimed)
        facts = [(event, fact) for event, fact, _ in page if fact is not None]
        for check in self._checks:
            see = check.see
            for event, fact in facts:
                see(event, fact)
            check.see_page(facts, self._store)
        self._wallet_snapshots.end_page()

    def end(self) -> None:
        """Compare what is kept beside the events."""
        scope, store = self._scope, self._store
        if self._looks_at_meaning:
            if not self._begun:
                self._end_whole_orgs()
            for check in self._checks:
                check.end(store, self._kept, scope.has)
        ends = store.last_positions()
        for comparison in self._comparisons:
            comparison.end(ends)

    def _end_whole_orgs(self) -> None:
        has, store = self._scope.has, self._store
        self._kept.compare_due(row for row in store.due() if has(row.org))
        self._wallet_snapshots.end(self._scope)
        self._kept.compare_snapshots(row for row in store.snapshots() if has(row.org))
        for name, table in TABLES.items():
            stored = (row for row in store.declared(name) if has(row["org"]))
            self._kept.compare_table(table, stored)
        if not self._unreadable and self._tally.is_paid_by(store.all_keys(self._scope)):
            self._report["keys"].checked += self._tally.count
        else:
            self._find_keys()

    def _read(self, event: RecordedEvent, sound: bool) -> Read:
        fact = read_fact(self._report, event, sound=sound)
        if fact is None:
            self._unreadable = True
            self._kept.lose(event)
            return Read(event, None)
        self._kept.see(event, fact)
        if not self._begun:
            self._wallet_snapshots.see(event)
        lines = lines_of(fact)  # made once: for read models, and as the count of transactions
        self._report.lines += len(lines.get(transactions_of, ()))
        return Read(event, fact, lines)

    def _know_before(self, plan: Plan) -> None:
        """Show each check what it needs of before, also of orgs that are not looked at, or whose
        shard may be looked at later than another."""
        several = len(self._store.shards()) > 1
        begun = plan.heads.keys() if plan.last is None else set()
        for check in self._checks:
            elsewhere = {org for org in check.ELSEWHERE if several or not plan.scope.has(org)}
            for org in sorted(elsewhere | begun):
                for topic in check.BEFORE:
                    for event, fact in self._before(plan, org, topic):
                        check.see(event, fact)

    def _before(self, plan: Plan, org: str, topic: str) -> Iterator[tuple[RecordedEvent, Fact]]:
        """An org's facts of a rare type, up to where it is looked at from."""
        head = plan.heads.get(org) if plan.scope.has(org) and plan.last is None else None
        for event in self._store.events_of_type(org, topic):
            fact = read_fact(Report(), event, sound=True)
            if fact is not None and (head is None or event.sequence <= head.sequence):
                yield event, fact

    def _find_keys(self) -> None:
        """Only when the keys differ: all events are read again, and each key is looked up."""
        ignored = Report()
        for rows in self._store.rows(self._scope):
            events = [decode_row(row) for row in rows]
            page = [Read(event, read_fact(ignored, event, sound=True)) for event in events]
            claimed = _claimed(page)
            self._keys.see(claimed, self._store.keys([row.key for row in claimed]))
        if self._last is not None:
            self._find_old_keys()
            return
        for row in self._store.all_keys(self._scope):
            place = (row.key.org, row.sequence)
            is_archived = self._store.is_archived(*place)
            self._keys.see_stray(row, self._store.events_of(*place), is_archived=is_archived)

    def _find_old_keys(self) -> None:
        """What is not of the events that were read is of those before, which were not."""
        check = self._report["keys"]
        if self._unreadable:
            check.pass_over("events cannot be read, so that their keys are not known.")
        elif not check.wrong:
            detail = "they are not those that the events used: run without --since to find which"
            check.find(Place(row="keys"), detail)


Comparison = StoredComparison | AnalystsComparison | SummaryComparison


def _comparisons(report: Report, evidence: Evidence, plan: Plan) -> list[Comparison]:
    """Return what compares each read model with the events."""
    return [_comparison(report[name], model, evidence, plan) for name, model in READ_MODELS.items()]


def _comparison(check: Check, model: AnyModel, evidence: Evidence, plan: Plan) -> Comparison:
    models, name = evidence.models, model.name
    if isinstance(model, Summary):
        return SummaryComparison(check, model, evidence.store, models, plan.scope, plan)
    if model.for_analysts:
        applied = Applied.of(models, name)
        return AnalystsComparison(check, model, evidence.analysts[name], applied, plan)
    return StoredComparison(check, model, models, plan.scope)


def _claimed(page: Sequence[Read]) -> list[KeyRow]:
    return [row for event, fact, _ in page if fact is not None for row in keys_of(event, fact)]
