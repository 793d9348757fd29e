"""Parallel verification: processes with a part of the work each, all looking at the same moment.

Chains, trees and wallets belong to one org each, so orgs are verified apart. Where few orgs have
most of the events, their chain, what the events mean and the rows of the read models are looked at
apart, too: each by a pass of its own over all events in their order, so that it finds what one
process would. What runs through all orgs (positions, rows beyond the last event) is looked at here
meanwhile.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from api.container import Archives, Endpoints, StoreSnapshot, analysts_rows
from api.environment import as_of_child
from api.garbage_collection import rare_collections
from api.verification.inspector import Inspector, OnProgress, look_across
from api.verification.plan import ACROSS, Aspect, Evidence, Only, Plan
from api.verification.signed_checkpoints import KeptCheckpoints
from ledger.kernel.errors import Unavailable
from ledger.kernel.report import Report
from ledger.verification.chains import PositionInspection
from ledger.verification.evidence import Snapshot

TOLD_EVERY_S = 0.2

UNEVEN = 1.5
"""How many times its fair part one process may have to do, before all is done by aspects."""

HEAVIEST_FIRST = (Aspect.MEANING, Aspect.CHAIN, Aspect.MODELS)
"""As bench/profile.py has it of a store of usage."""


class Share(NamedTuple):
    """What one process does at a time."""

    orgs: frozenset[str]
    aspects: frozenset[Aspect]


_done: Any = None
"""In a worker: the counter of events that all of them share."""


def _start(done: Any) -> None:
    global _done  # noqa: PLW0603  # a pool hands what is shared to its workers only like this
    _done = done


@dataclass(frozen=True)
class ParallelVerification:
    """What each process needs to see the same: the moments of both snapshots, what was signed."""

    ends: Endpoints
    store_moment: str
    models_moment: str
    signed_checkpoints: str
    archives: Archives | None = None

    def run(
        self,
        report: Report,
        evidence: Evidence,
        plan: Plan,
        jobs: int,
        on_progress: OnProgress | None,
    ) -> None:
        """Verify a plan with so many processes, and add what they found to the report."""
        shares = _shares(evidence, plan, jobs)
        passes = max(len(shares) // len({share.orgs for share in shares}), 1) if shares else 1
        total = evidence.store.event_count(plan.scope)
        context = multiprocessing.get_context("spawn")
        done = context.Value("q", 0)
        with ProcessPoolExecutor(jobs, context, _start, (done,)) as pool:
            with as_of_child():
                futures = [pool.submit(self.verify, plan, share) for share in shares]
            self._look_across(report, evidence, plan)
            while _running(futures):
                if on_progress is not None:
                    on_progress(done.value // passes, total)
            for future in futures:
                report.take(future.result())

    def verify(self, plan: Plan, share: Share) -> Report:
        """Return what one process finds: the plan, for a share of it."""
        report = Report()
        url = self.ends.database.writer
        part = replace(plan, scope=replace(plan.scope, orgs=share.orgs), aspects=share.aspects)
        with (
            rare_collections(),
            StoreSnapshot(url, self.archives, moment=self.store_moment) as store,
            StoreSnapshot(url, moment=self.models_moment) as models,
            analysts_rows(self.ends) as analysts,
            KeptCheckpoints(self.signed_checkpoints) as signed_checkpoints,
        ):
            evidence = Evidence(store, models, analysts, signed_checkpoints, store.last_positions)
            Inspector(report, evidence, part).run(_Count())
        if plan.scope.is_whole:
            for kind in ACROSS:
                report[kind].skipped = None  # they are looked at across all shares
        return report

    def _look_across(self, report: Report, evidence: Evidence, plan: Plan) -> None:
        if not plan.scope.is_whole:
            return
        positions = PositionInspection(report)
        for rows in evidence.store.rows(plan.scope):
            positions.see_rows(rows)
        positions.end(evidence.store.shards())
        if plan.only is Only.ALL:
            look_across(report, evidence)


class _Count:
    """Adds what one process has done to the counter of all."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, done: int, _: int) -> None:
        with _done.get_lock():
            _done.value += done - self._told
        self._told = done


def _shares(evidence: Evidence, plan: Plan, jobs: int) -> list[Share]:
    """Return every org that anything names, in as many shares of about as many events; by aspects
    where one of them has far more than others."""
    named = _named(evidence) if plan.scope.orgs is None else set(plan.scope.orgs)
    sizes = {org: head.sequence for org, head in evidence.store.heads()}
    shares: list[set[str]] = [set() for _ in range(jobs)]
    loads = [0] * jobs
    for org in sorted(named, key=lambda org: (-sizes.get(org, 0), org)):
        least = loads.index(min(loads))
        shares[least].add(org)
        loads[least] += sizes.get(org, 0) - plan.scope.after.get(org, 0) + 1
    found = [frozenset(share) for share in shares if share]
    if plan.only is Only.ALL and max(loads) * jobs > UNEVEN * sum(loads):
        return [Share(orgs, frozenset([each])) for each in HEAVIEST_FIRST for orgs in found]
    return [Share(orgs, plan.aspects) for orgs in found]


def _named(evidence: Evidence) -> set[str]:
    snapshots: Sequence[Snapshot] = (evidence.store, evidence.models)
    named = {org for snapshot in snapshots for org in snapshot.orgs()}
    named |= set(evidence.signed_checkpoints.orgs())
    for table in evidence.analysts.values():
        with suppress(Unavailable):  # each process says so
            named |= set(table.orgs())
    return named


def _running(futures: Sequence[Future[Report]]) -> bool:
    return bool(wait(futures, TOLD_EVERY_S).not_done)
