"""An answer to a question of a benchmark: its figures, beside their target and their limits."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

PERCENTILES = (50.0, 95.0, 99.0, 99.9)


@dataclass(frozen=True)
class Target:
    """What must be reached and what we aim at: by the median, or by every run. `at_most`: less is
    better."""

    must: float
    aim: float | None = None
    at_most: bool = False
    every_run: bool = False

    def verdict(self, figures: Sequence[float]) -> str:
        """`aim`, `must` or `missed`."""
        if self.aim is not None and self._reached(figures, self.aim):
            return "aim"
        return "must" if self._reached(figures, self.must) else "missed"

    def _reached(self, figures: Sequence[float], bound: float) -> bool:
        counted = figures if self.every_run else [statistics.median(figures)]
        return all(each <= bound if self.at_most else each >= bound for each in counted)


@dataclass(frozen=True)
class Answer:
    """One figure of each run, beside its limits in the same unit, measured in the same session.

    `latency_ms`: percentile → milliseconds, over all runs. `cores`: process → how many cores it
    kept busy. `request_us`: CPU of the load generator for a request, in microseconds.
    """

    work: str
    unit: str
    figures: Sequence[float]
    target: Target | None = None
    latency_ms: Mapping[float, float] = field(default_factory=dict)
    cores: Mapping[str, float] = field(default_factory=dict)
    limits: Mapping[str, Sequence[float]] = field(default_factory=dict)
    request_us: float | None = None

    @property
    def median(self) -> float:
        """The median of the runs."""
        return statistics.median(self.figures)

    @property
    def verdict(self) -> str:
        """Whether the target was met; empty without one."""
        return "" if self.target is None else self.target.verdict(self.figures)

    def ratio(self, limit: str) -> float:
        """The part of a limit that was reached."""
        return self.median / statistics.median(self.limits[limit])


def percentiles(latencies_s: Sequence[float]) -> dict[float, float]:
    """Of latencies in seconds, in milliseconds."""
    ordered = sorted(latencies_s)
    last = len(ordered) - 1
    return {p: 1000 * ordered[min(last, int(len(ordered) * p / 100))] for p in PERCENTILES}
