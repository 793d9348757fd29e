"""Where does a second go? `python -m bench.timeline [--work batches]`

The service runs with its steps noted (`bench/traced.py`) while requests come over the connections
of the work. The table has what each thread did in one second; the picture, a tenth of it.
Drawn in `results/timeline.svg`.
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from collections.abc import Sequence

from rich.table import Table

from bench.plot import draw_timeline
from bench.report import RESULTS, terminal
from bench.traced import COMMITTER, LOOP, SEQUENCER, STEPS, Noted
from bench.watched import WORKS, watch

SECONDS = 3.0
SHOWN_S = 0.1


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", choices=[*WORKS], default="batches")
    parser.add_argument("--scale", type=float, default=0.2, help="1 is 10,000 wallets")
    arguments = parser.parse_args()
    console, work = terminal(), WORKS[arguments.work]
    with console.status("noting"):
        watched = watch("bench.traced", work, arguments.scale, SECONDS)
    noted: list[Noted] = [tuple(each) for marks in watched.marks.values() for each in marks]
    second = middle_second(noted)
    console.print(_table(second, f"{work.what}, {work.connections} connections"))
    console.print(f"{watched.done / watched.seconds:,.0f} a second while noting")
    draw_timeline(_first(second, SHOWN_S), (LOOP, SEQUENCER, COMMITTER), RESULTS / "timeline.svg")


def middle_second(noted: Sequence[Noted]) -> list[Noted]:
    """Return the steps of the second in the middle, cut to it; it begins at 0."""
    begin = (min(each[2] for each in noted) + max(each[3] for each in noted)) / 2 - 0.5
    return [
        (thread, name, max(0.0, start - begin), min(1.0, end - begin))
        for thread, name, start, end in noted
        if end > begin and start < begin + 1.0
    ]


def _first(noted: Sequence[Noted], seconds: float) -> list[Noted]:
    return [each for each in noted if each[2] < seconds]


def _table(noted: Sequence[Noted], what: str) -> Table:
    steps: dict[tuple[str, str], list[float]] = defaultdict(list)
    for thread, name, begin, end in noted:
        steps[thread, name].append(1000 * (end - begin))
    table = Table("thread", "step", title=f"One second: {what}")
    for name in ("ms", "times", "median ms", "longest ms"):
        table.add_column(name, justify="right")
    for step in STEPS:
        if took := steps.get((step.thread, step.name)):
            row = (f"{sum(took):.0f}", str(len(took)), f"{statistics.median(took):.2f}")
            table.add_row(step.thread, step.name, *row, f"{max(took):.1f}")
    return table


if __name__ == "__main__":
    main()
