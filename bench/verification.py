"""How many events a second does verification check, and in how much memory?

The store has usage events of one line each (groups of commands, without HTTP) and is sealed. It is
verified: the chain alone, the chain with what was signed, and everything, alone and shared by two
processes. Each runs in a process of its own, so that its peak memory is its own. The read models
are built before and not counted.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from api.container import Endpoints, Opening, endpoints, projections, signing_keys
from api.sealing.process import Sealing
from api.settings import Settings
from api.verification.options import Options
from api.verification.plan import Only
from api.verification.verify import verify
from bench.answer import Answer
from bench.population import populate
from bench.question import Question
from bench.report import main
from bench.session import Session
from projections.engine import Runner

EVENTS = 50_000
JOBS = 2
MODES: dict[str, dict[str, Any]] = {
    "the chain": {"only": Only.CHAIN},
    "chain and seals": {"only": Only.SEALS},
    "everything": {},
    f"everything, {JOBS} processes": {"jobs": JOBS},
}


class Run(NamedTuple):
    """One verification: events a second, and megabytes at its peak."""

    rate: float
    peak_mb: float


def answer(session: Session) -> list[Answer]:
    """Events a second of each way to verify, and the memory of the whole one."""
    events = max(5_000, int(EVENTS * session.scale.size))
    with _sealed(events) as (ends, options):
        runs = {
            name: [_apart(ends, Options(**options, **asked)) for _ in range(session.scale.runs)]
            for name, asked in MODES.items()
        }
    work = f"verification of {events:,} events:"
    rates = [
        Answer(f"{work} {name}", "events/s", [each.rate for each in of])
        for name, of in runs.items()
    ]
    peaks = [each.peak_mb for each in runs["everything"]]
    return [*rates, Answer(f"{work} peak memory of everything", "MB", peaks)]


@contextmanager
def _sealed(events: int) -> Iterator[tuple[Endpoints, dict[str, Any]]]:
    """A store of so many events, sealed and projected, and how to verify it."""
    with tempfile.TemporaryDirectory(prefix="tally-bench-") as folder:
        settings = Settings(data=Path(folder), witnesses=(f"{folder}/witness",))
        with endpoints(settings, Opening.MAKE) as ends:
            populate(ends.database, events)
            sealed = Sealing(settings, ends.database, threading.Event()).once()
            assert sealed
            for projection in projections(ends, linger_s=0):
                Runner(projection, threading.Event()).catch_up()
            keys = signing_keys(settings).ring().verifiers
            yield ends, {"keys": keys, "witnesses": settings.witnesses}


def _apart(ends: Endpoints, options: Options) -> Run:
    """One verification in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as pool:
        at = Endpoints(ends.database, ends.clickhouse_url)  # what keeps the engines stays here
        return pool.submit(_measured, at, options).result()


def _measured(ends: Endpoints, options: Options) -> Run:
    started = time.perf_counter()
    report = verify(ends, options=options)
    seconds = time.perf_counter() - started
    if report.exit_code:
        raise RuntimeError(f"the store does not verify: {report.as_dict()}")
    return Run(report.events / seconds, _peak_mb())


def _peak_mb() -> float:
    """Of this process alone: what getrusage says is inherited from the parent on Linux."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


QUESTION = Question("verification", "Verification of a sealed store", 40, answer)

if __name__ == "__main__":
    main(QUESTION)
