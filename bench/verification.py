"""How many events a second verification checks, and in how much memory.

Makes a store of usage events of one line each (groups of commands, without HTTP), seals it, then
verifies it: the chain alone, the chain with what was signed, and everything. Each runs in a process
of its own, so that its peak memory is its own. The read models are built before and not counted.
Last, all events are replayed into aggregates; there only the replay itself is timed.

    make bench-verify EVENTS=1000000     (or: .venv/bin/python -m bench.verification --events …)
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from adapters.postgres.snapshot import PostgresSnapshot
from api.audit.inspector import Only
from api.audit.options import Options
from api.audit.rare_collections import rare_collections
from api.audit.verification import verify
from api.container import Endpoints, endpoints, projections, signing_keys
from api.sealing.process import Sealing
from api.settings import Settings
from bench.population import populate
from ledger.audit.evidence import WHOLE
from ledger.audit.stored_rows import decode_row
from ledger.replay import Replay
from projections.engine import Runner


def main() -> None:
    """Make a store, verify it, print."""
    arguments = _arguments()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="tally-bench-") as folder:
        settings = Settings(data=Path(folder), witnesses=(f"{folder}/witness",))
        with endpoints(settings) as ends:
            events = _prepare(console, settings, ends, arguments)
            keys = signing_keys(settings).ring().verifiers
            found = {
                name: _apart(ends, Options(keys=keys, witnesses=settings.witnesses, **asked))
                for name, asked in _modes(arguments.jobs).items()
            }
            found["replay into aggregates"] = _apart_replay(ends)
    _print(console, events, found)
    results = Path("bench/results")
    results.mkdir(parents=True, exist_ok=True)
    (results / "verification.json").write_text(
        json.dumps({"events": events, "runs": found}, indent=2)
    )
    sys.exit(int(max(each["exit_code"] for each in found.values())))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--orgs", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def _modes(jobs: int) -> dict[str, dict[str, Any]]:
    modes: dict[str, dict[str, Any]] = {
        "chain": {"only": Only.CHAIN},
        "chain and seals": {"only": Only.SEALS},
        "everything": {},
    }
    if jobs > 1:
        modes[f"everything, {jobs} processes"] = {"jobs": jobs}
    return modes


def _prepare(
    console: Console, settings: Settings, ends: Endpoints, arguments: argparse.Namespace
) -> int:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("making events", total=arguments.events)
        events = populate(
            ends.database,
            arguments.events,
            arguments.orgs,
            lambda done, _: progress.update(task, completed=done),
        )
    with console.status("sealing and building the read models"):
        assert Sealing(settings, ends, threading.Event()).once()
        for projection in projections(ends, linger_s=0):
            Runner(projection, threading.Event()).catch_up()
    return events


def _apart(ends: Endpoints, options: Options) -> dict[str, float]:
    """One verification in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as pool:
        return pool.submit(_measured, ends, options).result()


def _apart_replay(ends: Endpoints) -> dict[str, float]:
    """The store replayed into aggregates, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as pool:
        return pool.submit(_replayed, ends.database.writer).result()


def _replayed(url: str) -> dict[str, float]:
    """Only the replay is timed: not reading, nor taking rows apart."""
    replay, events, seconds, used = Replay(), 0, 0.0, 0.0
    with rare_collections(), PostgresSnapshot(url) as snapshot:
        for rows in snapshot.rows(WHOLE):
            page = [decode_row(row) for row in rows]
            started, cpu = time.perf_counter(), time.process_time()
            for event in page:
                replay.apply(event)
            seconds += time.perf_counter() - started
            used += time.process_time() - cpu
            events += len(page)
    return _run(events, seconds, used, 0)


def _measured(ends: Endpoints, options: Options) -> dict[str, float]:
    started, cpu = time.perf_counter(), time.process_time()
    report = verify(ends, options=options)
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    return _run(report.events, seconds, used, report.exit_code)


def _run(events: int, seconds: float, used: float, exit_code: int) -> dict[str, float]:
    return {
        "seconds": seconds,
        "cpu_seconds": used,
        "events_per_second": events / seconds,
        "events_per_cpu_second": events / used,
        "peak_mb": _peak_mb(),
        "exit_code": exit_code,
    }


def _peak_mb() -> float:
    """Of this process alone: what getrusage says is inherited from the parent on Linux."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _print(console: Console, events: int, found: dict[str, dict[str, float]]) -> None:
    table = Table(title=f"Verification of {events:,} events")
    table.add_column("what")
    for name in ("seconds", "events/s", "events/s of its core", "peak MB", "exit code"):
        table.add_column(name, justify="right")
    for name, run in found.items():
        table.add_row(
            name,
            f"{run['seconds']:.1f}",
            f"{run['events_per_second']:,.0f}",
            "" if "processes" in name else f"{run['events_per_cpu_second']:,.0f}",
            "" if "processes" in name else f"{run['peak_mb']:.0f}",
            f"{run['exit_code']:.0f}",
        )
    console.print(table)


if __name__ == "__main__":
    main()
