"""The inspector: one pass over the events, then over what is kept beside them, asking each check.

It runs over any store that keeps the promises of `ledger/verification/evidence.py`, in memory too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from api.container import FACT_EFFECTS
from api.verification.read_models import (
    AnalystsComparison,
    Read,
    StoredComparison,
    find_beyond,
    lines_of,
)
from api.verification.verified_state import VerifiedState
from api.verification.wallet_snapshots import WalletSnapshotsComparison
from ledger.checks import CHECKED, CHECKS, WHOLE_KINDS
from ledger.kernel.aggregate import Fact
from ledger.kernel.chain import Head
from ledger.kernel.keys import KeyRow
from ledger.kernel.report import CHAIN, FACTS, SEALS, Place, Report, VerifiedHead
from ledger.ports import RecordedEvent
from ledger.proof.checkpoint_signatures import Signatures
from ledger.proof.merkle import Frontier
from ledger.tables import TABLES
from ledger.verification.chains import ChainInspection
from ledger.verification.checkpoints import SealInspection, by_org
from ledger.verification.evidence import WHOLE, Scope, SignedCheckpoints, Snapshot
from ledger.verification.kept_rows import KeptRows
from ledger.verification.keys import (
    KeyInspection,
    KeyTally,
    keys_of,
    read_fact,
)
from ledger.verification.progress import KIND as PROGRESS
from ledger.verification.progress import inspect_progress
from ledger.verification.stored_rows import decode_row
from projections.credits.wallet_snapshots import WalletSnapshotRows, WalletSnapshots
from projections.followers import FOLLOWERS
from projections.ports import AnalystsRows, StoredRows
from projections.read_models import READ_MODELS

OnProgress = Callable[[int, int], None]
"""Told how many events are done, of about how many."""

MEANT = (*FACTS, *CHECKED, *TABLES, *FOLLOWERS)
"""Kinds of what the events mean: shared ones, and those of every context."""

KINDS = (*CHAIN, *SEALS, *MEANT)
"""Every kind of check, in the order of the report."""

WHOLE_ONLY = ("due", "snapshots", WalletSnapshots.name, *WHOLE_KINDS, *TABLES)
"""Kinds that need every event of an org."""

ACROSS = ("positions", PROGRESS)
"""Kinds that run through all orgs."""


class Only(StrEnum):
    """How much is checked."""

    CHAIN = "chain"
    """What the events say about themselves: hashes, links, gaps, forks, heads."""

    SEALS = "seals"
    """The chain, and everything that was signed about it."""

    ALL = "all"


class ReadModelSnapshot(Snapshot, StoredRows, WalletSnapshotRows, Protocol):
    """A moment of the store with what read models have made of it."""


@dataclass(frozen=True)
class Evidence:
    """What is looked at: the store, its read models at a later moment, those for analysts by name,
    and what was signed.

    `last_position`: asks for the position of the last event now.
    """

    store: Snapshot
    models: ReadModelSnapshot
    analysts: Mapping[str, AnalystsRows]
    signed_checkpoints: SignedCheckpoints
    last_position: Callable[[], int]


@dataclass(frozen=True)
class Plan:
    """What of it is looked at. `heads` and `trees`: where orgs are looked at from.

    `secret`: drawn for each run, see KeyTally. `now_us`: when the store was looked at. `gap`: the
    last position that is archived and not at hand; orgs are looked at from there.
    """

    signatures: Signatures
    secret: bytes
    now_us: int
    scope: Scope = WHOLE
    only: Only = Only.ALL
    heads: Mapping[str, Head] = field(default_factory=dict)
    trees: Mapping[str, Frontier] = field(default_factory=dict)
    gap: int = 0
    last: VerifiedState | None = None
    """What another run remembered at its end: this one goes on from there."""

    @property
    def after(self) -> int:
        """The position that events are looked at from."""
        return self.gap if self.last is None else self.last.position


class Inspector:
    """Verifies one scope of a store."""

    def __init__(self, report: Report, evidence: Evidence, plan: Plan) -> None:
        self._report = report
        self._evidence = evidence
        self._plan = plan
        self._scope = plan.scope
        self._store = evidence.store
        self._chain = ChainInspection(
            report,
            plan.heads,
            positions=plan.scope.is_whole,
            after=plan.after,
            versions=plan.last.versions if plan.last else None,
        )
        self._seals = (
            None
            if plan.only is Only.CHAIN or plan.gap
            else SealInspection(
                report,
                self._store,
                evidence.signed_checkpoints,
                plan.signatures,
                plan.scope,
                plan.now_us,
                plan.trees,
            )
        )
        self._facts = _Facts(report, evidence, plan) if plan.only is Only.ALL else None
        _skip(report, plan)

    def run(self, on_progress: OnProgress | None = None) -> None:
        """Look at everything."""
        total = self._store.event_count(self._scope)
        if self._plan.last is not None:
            total = self._store.last_position() - self._plan.last.position
            assert self._seals is not None
            self._seals.go_on(self._plan.last.trees)
        for rows in self._store.rows(self._scope):
            self._see(rows)
            if on_progress is not None:
                on_progress(self._report.events, max(total, self._report.events))
        self._end()

    def state(self) -> VerifiedState:
        """Return all that is remembered at the end of a run that found all to be right."""
        assert self._seals is not None, "only a run over everything is gone on from"
        assert self._facts is not None
        return VerifiedState(
            max(self._plan.after, self._report.position),
            self._plan.now_us,
            self._plan.secret,
            self._chain.ends(),
            self._chain.versions(),
            self._seals.signed(),
            self._facts.remembered(),
        )

    def _see(self, rows: list[bytes]) -> None:
        report = self._report
        sound = self._chain.see_rows(rows)
        report.events += len(rows)
        if self._seals is None and self._facts is None:
            return
        events = [decode_row(row) for row in rows]
        report.position = max(report.position, events[-1].position)
        if self._seals is not None:
            self._seals.see(by_org((event.org, event.hash, event.recorded_us) for event in events))
        if self._facts is not None:
            self._facts.see(events, sound)

    def _end(self) -> None:
        heads = [(org, head) for org, head in self._store.heads() if self._scope.has(org)]
        self._chain.end(heads, self._store.shard_position())
        sealed = self._seals.end() if self._seals is not None else {}
        self._report.heads = [
            VerifiedHead(h.org, h.sequence, h.hash, h.as_recorded, *sealed.get(h.org, (0, {})))
            for h in self._report.heads
        ]
        if self._facts is not None:
            self._facts.end()
            if self._scope.is_whole:
                look_across(self._report, self._evidence)


def look_across(report: Report, evidence: Evidence) -> None:
    """Check what runs through all orgs: how far the followers are, rows beyond the last event."""
    inspect_progress(report, evidence.models, FOLLOWERS, [each.name for each in FACT_EFFECTS])
    for name, table in evidence.analysts.items():
        find_beyond(report[name], table, evidence.last_position)


class _Facts:
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
        self._comparisons = _comparisons(report, evidence, plan)
        self._wallet_snapshots = WalletSnapshotsComparison(
            report[WalletSnapshots.name], self._store, evidence.models, self._kept
        )
        if plan.last is None:
            self._know_before(plan)
        else:
            self._go_on(plan.last.folds)

    def remembered(self) -> dict[str, Any]:
        """Return all that was added up."""
        return {
            "kept": self._kept.remembered(),
            "checks": [check.remembered() for check in self._checks],
            "keys": (self._tally.sum, self._tally.count),
            "wallet snapshots": self._wallet_snapshots.remembered(),
        }

    def _go_on(self, folds: Mapping[str, Any]) -> None:
        self._kept.go_on(folds["kept"])
        for check, remembered in zip(self._checks, folds["checks"], strict=True):
            check.go_on(remembered)
        self._tally.sum, self._tally.count = folds["keys"]
        self._wallet_snapshots.go_on(folds["wallet snapshots"])

    def see(self, events: Sequence[RecordedEvent], sound: Sequence[bool]) -> None:
        """Look at a page."""
        page = [self._read(event, each) for event, each in zip(events, sound, strict=True)]
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
        for comparison in self._comparisons:
            comparison.see(page)
        self._wallet_snapshots.end_page()

    def end(self) -> None:
        """Compare what is kept beside the events."""
        scope, store = self._scope, self._store
        if not self._begun:
            self._end_whole_orgs()
        for check in self._checks:
            check.end(store, self._kept, scope.has)
        end = store.last_position()
        for comparison in self._comparisons:
            comparison.end(end)

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
        lines = lines_of(fact)
        self._report.lines += sum(map(len, lines.values()))
        return Read(event, fact, lines)

    def _know_before(self, plan: Plan) -> None:
        """Show each check what it needs of before, also of orgs that are not looked at."""
        for check in self._checks:
            elsewhere = {org for org in check.ELSEWHERE if not plan.scope.has(org)}
            for org in sorted(elsewhere | plan.heads.keys()):
                for topic in check.BEFORE:
                    for event, fact in self._before(plan, org, topic):
                        check.see(event, fact)

    def _before(self, plan: Plan, org: str, topic: str) -> Iterator[tuple[RecordedEvent, Fact]]:
        """An org's facts of a rare type, up to where it is looked at from."""
        head = plan.heads.get(org)
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


def _comparisons(
    report: Report, evidence: Evidence, plan: Plan
) -> list[StoredComparison | AnalystsComparison]:
    """Return what compares each read model with the events."""
    models, gap = evidence.models, plan.after or -1
    return [
        AnalystsComparison(
            report[name], model, evidence.analysts[name], models.projected(name), plan.scope, gap
        )
        if model.for_analysts
        else StoredComparison(report[name], model, models, plan.scope)
        for name, model in READ_MODELS.items()
    ]


def _claimed(page: Sequence[Read]) -> list[KeyRow]:
    return [row for event, fact, _ in page if fact is not None for row in keys_of(event, fact)]


def _skip(report: Report, plan: Plan) -> None:
    """Say of each kind that was not asked for why it is not checked."""
    if plan.only is not Only.ALL:
        report.skip(MEANT, f"only {plan.only} was asked for.")
    if plan.only is Only.CHAIN:
        report.skip(SEALS, "only chain was asked for.")
    if plan.scope.after:
        report.skip(WHOLE_ONLY, "they need every event: not checked with --since.")
    if not plan.scope.is_whole:
        report.skip(ACROSS, "this runs through all orgs: not checked in a part.")
