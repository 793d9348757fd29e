"""Several runs of one work against one service, and what they come to."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from bench.answer import Answer, Target, percentiles
from bench.load import Load, Run
from bench.stand import Stand

LOAD = "load generator"


class Series:
    """Runs of one load; `per_answer` is how many units of work an answer stands for."""

    def __init__(
        self,
        generate: Callable[[Load], Run],
        load: Load,
        per_answer: float = 1.0,
        stand: Stand | None = None,
    ) -> None:
        self.runs: list[Run] = []
        self._generate = generate
        self._load = load
        self._per_answer = per_answer
        self._stand = stand
        self._spent: dict[str, float] = defaultdict(float)

    def warm_up(self) -> None:
        """A run that does not count."""
        check(self._generate(self._load))

    def go_on(self, runs: int = 1) -> None:
        """Runs that count. Raises when an answer was no success."""
        for _ in range(runs):
            before = self._stand.spent() if self._stand else None
            run = self._generate(self._load)
            check(run)
            if self._stand and before:
                for what, seconds in self._stand.spent().since(before).items():
                    self._spent[what] += seconds
            self._spent[LOAD] += run.cpu_s
            self.runs.append(run)

    @property
    def rates(self) -> list[float]:
        """Units of work a second, of each run."""
        return [run.rate * self._per_answer for run in self.runs]

    @property
    def medians_ms(self) -> list[float]:
        """The median latency of each run, in milliseconds."""
        return [1000 * statistics.median(run.latencies) for run in self.runs]

    @property
    def latency_ms(self) -> dict[float, float]:
        """Percentiles over all runs."""
        return percentiles([each for run in self.runs for each in run.latencies])

    @property
    def cores(self) -> dict[str, float]:
        """Process → how many cores it kept busy."""
        seconds = sum(run.seconds for run in self.runs)
        return {what: spent / seconds for what, spent in self._spent.items()}

    @property
    def request_us(self) -> float:
        """What a request cost the load generator, in microseconds of CPU."""
        requests = sum(len(run.latencies) for run in self.runs)
        return 1e6 * sum(run.cpu_s for run in self.runs) / requests

    @property
    def longest_gap_ms(self) -> float:
        """The longest time in which nothing was answered."""
        return 1000 * max(run.longest_gap_s for run in self.runs)

    def answer(
        self,
        work: str,
        unit: str,
        target: Target | None = None,
        limits: Mapping[str, Sequence[float]] | None = None,
        figures: Sequence[float] | None = None,
    ) -> Answer:
        """An answer whose figures are the rates unless others are given."""
        return Answer(
            work=work,
            unit=unit,
            figures=self.rates if figures is None else figures,
            target=target,
            latency_ms=self.latency_ms,
            cores=self.cores,
            limits=limits or {},
            request_us=self.request_us,
        )


def check(run: Run) -> None:
    """Only work that was done counts."""
    assert not run.refused, run.refused.decode("utf-8", "replace")
    assert b'"problem":{' not in run.last, run.last.decode("utf-8", "replace")
