"""Where do the microseconds of one debit go? `python -m bench.profile [--work holds]`

The service runs under a sampling profiler (`bench/sampled.py`) while single lines, batches of 100,
pairs of hold and capture, or reads of balances come over many connections. Each row is a file of
ours with the CPU time that was spent in it and in the libraries it called, or a library that worked
on its own: the event loop, the server.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from bench.cpu import SERVICE, WRITER
from bench.load import Request
from bench.marks import marks_folder, marks_of
from bench.report import terminal
from bench.series import LOAD, Series
from bench.session import Scale, Session
from bench.stand import Stand
from bench.traffic import BalanceReads, Batches, Door, HoldsAndCaptures, SingleLines

BATCH = 100
FUNCTIONS_SHOWN = 3

Sample = tuple[str, str, str, float]
"""Process and thread, file or library, function, seconds."""


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


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    console = terminal()
    scale = Scale(runs=1, size=arguments.scale)
    with (
        console.status("profiling"),
        tempfile.TemporaryDirectory(prefix="tally-marks-") as folder,
        marks_folder(folder),
        Session(scale) as session,
        session.stand(module="bench.sampled") as stand,
    ):
        series = _series(session, stand, arguments)
        _begin_anew(stand)
        series.go_on()
        found = _begin_anew(stand)
    work = WORKS[arguments.work]
    done = len(series.runs[0].latencies) * work.per_answer
    console.print(_table(found, done, work.what))
    _print_processes(console, series, done)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--work", choices=[*WORKS], default="lines")
    parser.add_argument("--scale", type=float, default=0.2, help="1 is 10,000 wallets")
    return parser.parse_args()


def _series(session: Session, stand: Stand, arguments: argparse.Namespace) -> Series:
    work = WORKS[arguments.work]
    requests = work.requests(stand.door(), session.scale.wallets)
    return session.series(stand, requests, work.connections, seconds=arguments.seconds)


def _begin_anew(stand: Stand) -> list[Sample]:
    """What was sampled until now."""
    processes = {SERVICE: stand.process.pid, WRITER: stand.writer().pid}
    return [
        (f"{what}: {thread}", *rest)
        for what, pid in processes.items()
        for thread, *rest in marks_of(pid)
    ]


def _table(samples: Sequence[Sample], done: float, what: str) -> Table:
    files: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for thread, file, function, seconds in samples:
        files[thread, file][function] += 1e6 * seconds / done
    whole = sum(sum(each.values()) for each in files.values())
    table = Table(
        "process: thread", "file", title=f"CPU of the service for one of {done:,.0f} {what}"
    )
    for name in ("µs", "%"):
        table.add_column(name, justify="right")
    table.add_column("most of it in")
    for (thread, file), functions in sorted(files.items(), key=lambda each: -sum(each[1].values())):
        spent = sum(functions.values())
        if spent < whole / 200:
            continue
        dearest = sorted(functions.items(), key=lambda each: -each[1])[:FUNCTIONS_SHOWN]
        shown = ", ".join(f"{name} {us:.1f}" for name, us in dearest if name)
        table.add_row(thread, file, f"{spent:.1f}", f"{100 * spent / whole:.1f}", shown)
    table.add_row("", "all", f"{whole:.1f}", "100", "")
    return table


def _print_processes(console: Console, series: Series, done: float) -> None:
    """The other processes of the same run; the sampler itself is in the service's."""
    (run,) = series.runs
    for what, cores in sorted(series.cores.items(), key=lambda each: -each[1]):
        spent = 1e6 * cores * run.seconds / done
        note = " (for all its requests)" if what == LOAD else ""
        console.print(f"{what}: {spent:.1f} µs each, {cores:.2f} cores{note}")
    console.print(f"{done / run.seconds:,.0f} a second while being watched")


if __name__ == "__main__":
    main()
