"""Verification of a whole store.

The order matters. First what witnesses hold is read, so that every event they know of is in the
snapshot of the store, which is taken next. Then the read models are brought up to it, then a second
snapshot is taken for them. So both sides of every comparison are complete, also while the service
goes on writing.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Container, Mapping
from tempfile import TemporaryDirectory

from api.access_log.verification import signed_logs, verify_access_log
from api.container import (
    ArchivedEvents,
    Endpoints,
    StoreSnapshot,
    WitnessFiles,
    access_log_snapshot,
    analysts_rows,
    clock_us,
    projections,
)
from api.garbage_collection import rare_collections
from api.verification.documents import KIND as DOCUMENTS
from api.verification.documents import DocumentComparison
from api.verification.inspector import Inspector, OnProgress
from api.verification.options import Options
from api.verification.parallel import ParallelVerification
from api.verification.plan import KINDS, WHOLE_ONLY, Evidence, Only, Plan
from api.verification.signed_checkpoints import GatheredCheckpoints, LogEnds
from api.verification.trusted_start import TrustedStarts, find_starts
from api.verification.verified_state import VerifiedState
from ledger.access_log.inspection import SignedLogs
from ledger.checks import CHECKED
from ledger.kernel.chain import Head
from ledger.kernel.errors import Invalid, LedgerError, NotFound
from ledger.kernel.report import SEALS, Report
from ledger.kernel.shards import shard_of
from ledger.proof.archive import heads_after
from ledger.proof.checkpoint_signatures import Signatures
from ledger.proof.sealing import SEALER
from ledger.verification.evidence import Scope
from projections.engine import End, Runner
from projections.followers import FOLLOWERS

PATIENCE_S = 30.0
"""How long another process gets to bring a read model up to date."""

SEALED_WITHIN_S = 3.0
"""How long a sealer that is at work gets to seal the newest events."""

NEED_HISTORY = (*SEALS, *WHOLE_ONLY, "keys", *CHECKED)
"""Kinds of checks that take every event there ever was."""


def verify(
    ends: Endpoints, on_progress: OnProgress | None = None, options: Options | None = None
) -> Report:
    """Check everything that the options ask for.

    Raises Unavailable only when PostgreSQL cannot be read, ArchiveUnreadable when an archive
    cannot, NotFound for an org without events, and Invalid for a part of a store with archives.
    """
    with rare_collections():
        return _verify(ends, on_progress, options or Options())


def _verify(ends: Endpoints, on_progress: OnProgress | None, options: Options) -> Report:
    started = time.monotonic()
    report = Report.of(KINDS)
    signatures = Signatures(options.ledger, options.keys)
    url = ends.database.writer
    with (
        TemporaryDirectory(prefix="tally-verify-") as folder,
        GatheredCheckpoints(
            report["witnesses"], signatures, f"{folder}/signed", _ends(ends, options)
        ) as signed_checkpoints,
    ):
        _gather(report, signed_checkpoints, ends, options)
        if options.only is not Only.CHAIN:
            _let_seal(ends)
        with StoreSnapshot(url, options.archives) as store:
            looked_us = _now_us(options)
            _refuse_parts(store, options)
            signed = signed_logs(store, signed_checkpoints, signatures, looked_us)
            if options.only is Only.ALL:
                bring_up(report, ends, store)
            with StoreSnapshot(url) as models, analysts_rows(ends) as analysts:
                evidence = Evidence(
                    store, models, analysts, signed_checkpoints, lambda: _lasts(ends)
                )
                plan = _plan(report, evidence, store.archived, signatures, options, looked_us)
                if options.jobs > 1:
                    at = Endpoints(ends.database.only_writer(), ends.clickhouse_url)
                    parallel = ParallelVerification(
                        at, store.moment, models.moment, signed_checkpoints.path, options.archives
                    )
                    parallel.run(report, evidence, plan, options.jobs, on_progress)
                else:
                    inspector = Inspector(report, evidence, plan)
                    inspector.run(on_progress)
            _end_archives(report, store, plan)
            _see_documents(report, store, options, plan)
    _see_access_log(report, ends, options, signed)
    if options.is_everything and report.exit_code == 0 and options.kept_state is not None:
        report.state = options.kept_state.keep(inspector.state())
    report.seconds = time.monotonic() - started
    return report


def _gather(
    report: Report, signed_checkpoints: GatheredCheckpoints, ends: Endpoints, options: Options
) -> None:
    """Read what was signed and is kept elsewhere."""
    if not options.witnesses and not options.notes:
        report.skip(["witnesses"], "no witness was named: see --witness.")
    if options.only is Only.CHAIN:
        return
    with StoreSnapshot(ends.database.writer) as now:
        delivered = dict(now.deliveries())
    for url in options.witnesses:
        files, now_us = WitnessFiles(url), _now_us(options)
        delivered_us = delivered.get(files.name, -1)
        signed_checkpoints.take_files(files.name, files, asked_us=now_us, delivered_us=delivered_us)
    for name, note in options.notes:
        signed_checkpoints.take_note(name, note)
    report.lost = signed_checkpoints.lost


def _now_us(options: Options) -> int:
    """Return when the store is looked at."""
    return clock_us() if options.restored_us is None else options.restored_us


def _ends(ends: Endpoints, options: Options) -> Mapping[str, LogEnds] | None:
    """Return where the logs of a restored store end."""
    if options.restored_us is None:
        return None
    with (
        StoreSnapshot(ends.database.writer) as store,
        access_log_snapshot(ends.database.writer) as accesses,
    ):
        events, logs = dict(store.heads()), accesses.heads()
    return {
        org: LogEnds(
            events[org].sequence if org in events else 0,
            logs[org].sequence if org in logs else 0,
        )
        for org in {*events, *logs}
    }


def _plan(
    report: Report,
    evidence: Evidence,
    archived: ArchivedEvents,
    signatures: Signatures,
    options: Options,
    looked_us: int,
) -> Plan:
    orgs = None if options.org is None else frozenset([options.org])
    if options.org is not None and options.org not in evidence.store.orgs():
        raise NotFound(f"there is no event and no head of an org {options.org}.")
    starts = TrustedStarts()
    last = options.kept_state.load() if options.since_last and options.kept_state else None
    if last is not None:
        report.trusted = str(last)
        _refuse_unverified_archives(archived, last)
        return _plan_since(last, signatures, looked_us)
    if options.is_since:
        starts = find_starts(
            report, evidence.store, evidence.signed_checkpoints, signatures, options
        )
    heads = heads_after(archived.manifests) if archived.gap else starts.heads
    scope = starts.scope(orgs) if starts.heads else Scope(orgs, before=_sequences(heads))
    return Plan(
        signatures,
        secrets.token_bytes(32),
        looked_us,
        scope,
        options.only,
        heads=heads,
        trees=starts.trees,
        gap={shard_of(archived.gap): archived.gap} if archived.gap else {},
        is_restored=options.restored_us is not None,
    )


def _sequences(heads: Mapping[str, Head]) -> dict[str, int]:
    return {org: head.sequence for org, head in heads.items()}


def _plan_since(last: VerifiedState, signatures: Signatures, looked_us: int) -> Plan:
    """Plan what came after a verified state."""
    return Plan(
        signatures,
        last.secret,
        looked_us,
        Scope(positions=last.positions, before=_sequences(last.heads)),
        heads=last.heads,
        trees={org: tree.frontier for org, tree in last.trees.items()},
        last=last,
    )


def _refuse_parts(store: StoreSnapshot, options: Options) -> None:
    if store.archived.manifests and (options.org is not None or options.is_since):
        raise Invalid(
            "a part of this store is archived, and with archives everything is verified: leave out "
            "--org and --since, or give --since last."
        )


def _refuse_unverified_archives(archived: ArchivedEvents, last: VerifiedState) -> None:
    if archived.gap and not _ends_before(archived, last):
        raise Invalid(
            "some of the events that came after the last verification are archived: give --archive "
            f"with the folder or URL of {archived.manifests[-1].file}.",
            field="--archive",
        )


def _end_archives(report: Report, store: StoreSnapshot, plan: Plan) -> None:
    """What was found in reading the archives, or that they were not read."""
    check, archived = report["archives"], store.archived
    if _ends_before(archived, plan.last):
        report.skip(["archives"], "they end before what --since last looks at, and were not read.")
    elif archived.gap:
        _miss_archives(report, archived)
        return
    else:
        check.checked += len(archived.manifests)
    for place, detail in archived.differences:
        check.find(place, detail)


def _ends_before(archived: ArchivedEvents, last: VerifiedState | None) -> bool:
    """Tell whether all that is archived was verified by the run before."""
    return (
        last is not None
        and archived.end > 0
        and archived.end <= last.positions.get(shard_of(archived.end), 0)
    )


def _miss_archives(report: Report, archived: ArchivedEvents) -> None:
    report["archives"].pass_over(
        f"the events up to position {archived.gap} are archived: give --archive with the "
        f"folder or URL of {archived.manifests[0].file}.",
        len(archived.manifests),
    )
    for kind in NEED_HISTORY:
        if report[kind].skipped is None:
            report[kind].pass_over("it is made of events that are archived: give --archive.")


def _see_documents(report: Report, store: StoreSnapshot, options: Options, plan: Plan) -> None:
    """Look at the documents. They are kept outside of the database: what was right at the last run
    need not be so now."""
    check = report[DOCUMENTS]
    if options.blobs is None:
        report.skip([DOCUMENTS], "they are not in a backup, and were not looked for.")
    elif options.since_last:
        report.skip([DOCUMENTS], "all of them are read, or none: not with --since last.")
    elif check.skipped is None:
        invoices, statements = map(store.declared, ("invoice_states", "month_statements"))
        DocumentComparison(check, options.blobs, store).run(invoices, statements, plan.scope.has)


def _see_access_log(report: Report, ends: Endpoints, options: Options, signed: SignedLogs) -> None:
    if options.org is not None:
        report.skip(["access"], "the access logs of all orgs are checked together: not with --org.")
    elif options.only is Only.ALL:
        verify_access_log(report, ends.database.writer, signed)


def _lasts(ends: Endpoints) -> dict[int, int]:
    with StoreSnapshot(ends.database.writer) as now:
        return now.last_positions()


def _let_seal(ends: Endpoints) -> None:
    """Wait while a sealer is coming nearer: then what is verified is signed up to its end."""
    deadline = time.monotonic() + SEALED_WITHIN_S
    with StoreSnapshot(ends.database.writer) as now:
        lasts, before = now.last_positions(), now.projected(SEALER)
    while before and _is_behind(before, lasts) and time.monotonic() < deadline:
        time.sleep(0.3)
        with StoreSnapshot(ends.database.writer) as now:
            positions = now.projected(SEALER)
        if positions == before:
            return
        before = positions


def _is_behind(positions: Mapping[int, int], lasts: Mapping[int, int]) -> bool:
    return any(positions.get(shard, 0) < last for shard, last in lasts.items())


def bring_up(
    report: Report,
    ends: Endpoints,
    store: StoreSnapshot,
    names: Container[str] = FOLLOWERS,
) -> None:
    """Have read models apply the events of the snapshot; what fails is found out later."""
    until = store.last_positions()
    for projection in projections(ends, linger_s=0):
        if projection.name not in names or not _has_more(store, projection.name, until):
            continue
        try:
            _bring_up_one(projection, until)
        except LedgerError as error:
            report[projection.name].reason = error.detail


def _has_more(store: StoreSnapshot, name: str, until: Mapping[int, int]) -> bool:
    """Whether a follower has something to do: to apply events, or to end what it has begun."""
    return _is_behind(store.projected(name), until) or store.is_unfinished(name)


def _bring_up_one(projection: End, until: Mapping[int, int]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    runner = Runner(projection, threading.Event())
    while not runner.catch_up(until):
        if runner.has_reached(until) or time.monotonic() > deadline:
            return
        time.sleep(0.05)
