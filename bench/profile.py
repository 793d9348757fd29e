"""Where do the microseconds of one debit go? `python -m bench.profile [--work holds]`

The service runs under a sampling profiler (`bench/sampled.py`) while single lines, batches of 100,
pairs of hold and capture, or reads of balances come over many connections. Each row is a file of
ours with the CPU time that was spent in it and in the libraries it called, or a library that worked
on its own: the event loop, the server.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench.report import terminal
from bench.series import LOAD
from bench.watched import WORKS, Watched, watch

FUNCTIONS_SHOWN = 3

Sample = tuple[str, str, str, float]
"""Process and thread, file or library, function, seconds."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--work", choices=[*WORKS], default="lines")
    parser.add_argument("--scale", type=float, default=0.2, help="1 is 10,000 wallets")
    arguments = parser.parse_args()
    console, work = terminal(), WORKS[arguments.work]
    with console.status("profiling"):
        watched = watch("bench.sampled", work, arguments.scale, arguments.seconds)
    samples = [
        (f"{process}: {thread}", *rest)
        for process, marks in watched.marks.items()
        for thread, *rest in marks
    ]
    console.print(_table(samples, watched.done, work.what))
    _print_processes(console, watched)


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


def _print_processes(console: Console, watched: Watched) -> None:
    """The other processes of the same run; the sampler itself is in the service's."""
    for what, cores in sorted(watched.series.cores.items(), key=lambda each: -each[1]):
        spent = 1e6 * cores * watched.seconds / watched.done
        note = " (for all its requests)" if what == LOAD else ""
        console.print(f"{what}: {spent:.1f} µs each, {cores:.2f} cores{note}")
    console.print(f"{watched.done / watched.seconds:,.0f} a second while being watched")


if __name__ == "__main__":
    main()
