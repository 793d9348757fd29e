"""The inspector: one pass over the events, then over what is kept beside them, asking each check.

It runs over any store that keeps the promises of `ledger/verification/evidence.py`, in memory too.
"""

from __future__ import annotations

from collections.abc import Callable

from api.container import FACT_EFFECTS
from api.verification.fact_inspection import FactInspection
from api.verification.plan import Aspect, Evidence, Only, Plan, skip_unasked
from api.verification.read_models import find_beyond
from api.verification.verified_state import VerifiedState
from ledger.kernel.report import Report, VerifiedHead
from ledger.kernel.shards import base_of
from ledger.verification.chains import ChainInspection
from ledger.verification.checkpoints import SealInspection, by_org
from ledger.verification.progress import inspect_progress
from ledger.verification.stored_rows import decode_row
from projections.feed import FEED
from projections.followers import FOLLOWERS

OnProgress = Callable[[int, int], None]
"""Told how many events are done, of about how many."""


class Inspector:
    """Verifies one scope of a store."""

    def __init__(self, report: Report, evidence: Evidence, plan: Plan) -> None:
        self._report = report
        self._evidence = evidence
        self._plan = plan
        self._scope = plan.scope
        self._store = evidence.store
        self._looks_at_chain = Aspect.CHAIN in plan.aspects
        self._chain = ChainInspection(  # of another aspect it only tells which events are sound
            report if self._looks_at_chain else Report(),
            plan.heads,
            positions=plan.scope.is_whole,
            after=plan.after,
            versions=plan.last.versions if plan.last else None,
        )
        self._seals = (
            None
            if plan.only is Only.CHAIN or plan.gap or not self._looks_at_chain
            else SealInspection(
                report,
                self._store,
                evidence.signed_checkpoints,
                plan.signatures,
                plan.scope,
                plan.now_us,
                plan.trees,
                is_restored=plan.is_restored,
            )
        )
        looks_at_facts = plan.only is Only.ALL and plan.aspects != {Aspect.CHAIN}
        self._facts = FactInspection(report, evidence, plan) if looks_at_facts else None
        self._done = 0
        skip_unasked(report, plan)

    def run(self, on_progress: OnProgress | None = None) -> None:
        """Look at everything."""
        total = self._store.event_count(self._scope)
        if self._plan.last is not None:
            before = self._plan.last.positions
            lasts = self._store.last_positions()
            total = sum(last - before.get(shard, base_of(shard)) for shard, last in lasts.items())
            assert self._seals is not None
            self._seals.go_on(self._plan.last.trees)
        for rows in self._store.rows(self._scope):
            self._see(rows)
            if on_progress is not None:
                on_progress(self._done, max(total, self._done))
        self._end()

    def state(self) -> VerifiedState:
        """Return all that is remembered at the end of a run that found all to be right."""
        assert self._seals is not None, "only a run over everything is gone on from"
        assert self._facts is not None
        return VerifiedState(
            self._chain.lasts(),
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
        self._done += len(rows)
        if self._looks_at_chain:
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
        if self._looks_at_chain:
            self._end_chain()
        if self._facts is not None:
            self._facts.end()
            if self._scope.is_whole:
                look_across(self._report, self._evidence)

    def _end_chain(self) -> None:
        heads = [(org, head) for org, head in self._store.heads() if self._scope.has(org)]
        self._chain.end(heads, self._store.shards())
        sealed = self._seals.end() if self._seals is not None else {}
        self._report.heads = [
            VerifiedHead(h.org, h.sequence, h.hash, h.as_recorded, *sealed.get(h.org, (0, {})))
            for h in self._report.heads
        ]


def look_across(report: Report, evidence: Evidence) -> None:
    """Check what runs through all orgs: how far the followers are, rows beyond the last event."""
    inspect_progress(
        report, evidence.models, FOLLOWERS, [FEED, *(each.name for each in FACT_EFFECTS)]
    )
    for name, table in evidence.analysts.items():
        find_beyond(report[name], table, evidence.last_positions)
