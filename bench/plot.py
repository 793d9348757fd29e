"""Throughput against concurrency with latency beside it, as SVG."""

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
