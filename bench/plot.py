"""Pictures, as SVG: throughput against concurrency with latency beside it, and a timeline."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

from bench.answer import Answer

SIZE_INCHES = (10.0, 4.0)


def draw(connections: Sequence[int], answers: Sequence[Answer], path: Path) -> None:
    """The medians with the spread of their runs and their limits; p50 and p99 to the right."""
    import matplotlib  # noqa: PLC0415  # slow to load, and only here
    from matplotlib.figure import Figure  # noqa: PLC0415

    matplotlib.rcParams["svg.hashsalt"] = "tallystick"  # the same figure gives the same file
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    rates, latencies = figure.subplots(1, 2)
    medians = [each.median for each in answers]
    below = [each.median - min(each.figures) for each in answers]
    above = [max(each.figures) - each.median for each in answers]
    rates.errorbar(connections, medians, yerr=[below, above], marker="o", capsize=3, label="tally")
    for name in answers[0].limits:
        limit = [statistics.median(each.limits[name]) for each in answers]
        rates.plot(connections, limit, linestyle="--", marker=".", label=name)
    rates.set_ylabel("usage lines a second")
    rates.set_yscale("log")
    for percent in (50.0, 99.0):
        values = [each.latency_ms[percent] for each in answers]
        latencies.plot(connections, values, marker="o", label=f"p{percent:g}")
    latencies.set_ylabel("latency, ms")
    latencies.set_ylim(bottom=0)
    for axes in (rates, latencies):
        axes.set_xscale("log", base=2)
        axes.set_xticks(connections, [str(each) for each in connections])
        axes.set_xlabel("connections")
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def draw_timeline(
    noted: Sequence[tuple[str, str, float, float]], threads: Sequence[str], path: Path
) -> None:
    """A row for each thread; a bar from when a step begins to when it ends, in milliseconds."""
    import matplotlib  # noqa: PLC0415  # slow to load, and only here
    from matplotlib.figure import Figure  # noqa: PLC0415

    matplotlib.rcParams["svg.hashsalt"] = "tallystick"
    figure = Figure(figsize=(14.0, 4.0), layout="constrained")
    axes = figure.subplots()
    names = list(dict.fromkeys((thread, name) for thread, name, _, _ in noted))
    names.sort(key=lambda each: threads.index(each[0]))
    for row, (thread, name) in enumerate(names):
        bars = [
            (1000 * begin, 1000 * (end - begin))
            for of, what, begin, end in noted
            if (of, what) == (thread, name)
        ]
        colour = f"C{threads.index(thread)}"
        waits = name.startswith("wait")
        axes.broken_barh(bars, (row - 0.4, 0.8), facecolor=colour, alpha=0.3 if waits else 1.0)
    axes.set_yticks(range(len(names)), [f"{thread}: {name}" for thread, name in names])
    axes.invert_yaxis()
    axes.set_xlabel("milliseconds")
    axes.grid(visible=True, axis="x", alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
