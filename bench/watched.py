"""A service that is watched at its work: what is asked of it, and what it has noted meanwhile."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from bench.cpu import SERVICE, WRITER
from bench.load import Request
from bench.marks import marks_folder, marks_of
from bench.series import Series
from bench.session import Scale, Session
from bench.traffic import BalanceReads, Batches, Door, HoldsAndCaptures, SingleLines

BATCH = 100


class Work(NamedTuple):
    """What is asked of the service, over how many connections, and what one answer counts as."""

    requests: Callable[[Door, int], Iterable[Request]]
    connections: int
    per_answer: float
    what: str


WORKS = {
    "lines": Work(SingleLines, 256, 1, "usage lines"),
    "batches": Work(lambda door, _: Batches(door, BATCH), 16, BATCH, "usage lines in batches"),
    "holds": Work(HoldsAndCaptures, 256, 0.5, "pairs of hold and capture"),
    "reads": Work(BalanceReads, 64, 1, "reads of a balance"),
}


class Watched(NamedTuple):
    """One run: the load it was, how much was done, and the marks of the service and its writer."""

    series: Series
    done: float
    seconds: float
    marks: dict[str, Any]


def watch(module: str, work: Work, size: float, seconds: float) -> Watched:
    """Have a service that runs as a module of `bench/marks.py` do some work; what it noted while
    it became warm is left out."""
    with (
        tempfile.TemporaryDirectory(prefix="tally-marks-") as folder,
        marks_folder(folder),
        Session(Scale(runs=1, size=size)) as session,
        session.stand(module=module) as stand,
    ):
        processes = {SERVICE: stand.process.pid, WRITER: stand.writer().pid}
        requests = work.requests(stand.door(), session.scale.wallets)
        series = session.series(stand, requests, work.connections, seconds=seconds)
        for pid in processes.values():
            marks_of(pid)
        series.go_on()
        marks = {what: marks_of(pid) for what, pid in processes.items()}
    (run,) = series.runs
    return Watched(series, len(run.latencies) * work.per_answer, run.seconds, marks)
