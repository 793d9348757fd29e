"""What a question of a benchmark is, and what an answer holds."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.session import Session

PERCENTILES = (50.0, 95.0, 99.0, 99.9)


@dataclass(frozen=True)
class Target:
    """What the median must reach and what we aim at; `at_most` when less is better."""

    must: float
    aim: float | None = None
    at_most: bool = False

    def verdict(self, median: float) -> str:
        """`aim`, `must` or `missed`."""
        if self.aim is not None and self._reaches(median, self.aim):
            return "aim"
        return "must" if self._reaches(median, self.must) else "missed"

    def _reaches(self, median: float, bound: float) -> bool:
        return median <= bound if self.at_most else median >= bound


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
        return "" if self.target is None else self.target.verdict(self.median)

    def ratio(self, limit: str) -> float:
        """The part of a limit that was reached."""
        return self.median / statistics.median(self.limits[limit])


@dataclass(frozen=True)
class Question:
    """One file of this folder. `budget_s`: how long it takes at full size, in seconds."""

    name: str
    asks: str
    budget_s: int
    answer: Callable[[Session], Sequence[Answer]]


def percentiles(latencies_s: Sequence[float]) -> dict[float, float]:
    """Of latencies in seconds, in milliseconds."""
    ordered = sorted(latencies_s)
    last = len(ordered) - 1
    return {p: 1000 * ordered[min(last, int(len(ordered) * p / 100))] for p in PERCENTILES}
