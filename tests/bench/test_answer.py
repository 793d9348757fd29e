"""An answer is judged as its question says."""

from __future__ import annotations

import pytest

from bench.answer import Answer, Target, percentiles


@pytest.mark.parametrize(
    ("target", "figures", "verdict"),
    [
        (Target(must=10, aim=20), [25, 5, 21], "aim"),
        (Target(must=10, aim=20), [25, 5, 12], "must"),
        (Target(must=10, aim=20), [25, 5, 9], "missed"),
        (Target(must=10, aim=5, at_most=True), [4, 99, 5], "aim"),
        (Target(must=10, at_most=True), [9, 99, 12], "missed"),
        (Target(must=10, at_most=True, every_run=True), [9, 10, 8], "must"),
        (Target(must=10, at_most=True, every_run=True), [9, 11, 8], "missed"),
    ],
)
def test_a_target_is_met_by_the_median_or_by_every_run(
    target: Target, figures: list[float], verdict: str
) -> None:
    assert Answer("work", "unit", figures, target).verdict == verdict


def test_the_ratio_to_a_limit_is_of_medians() -> None:
    answer = Answer("work", "lines/s", [1, 30, 50], limits={"insert": [60, 100, 10]})
    assert answer.ratio("insert") == 0.5


def test_percentiles_are_in_milliseconds() -> None:
    found = percentiles([n / 1000 for n in range(1000, 0, -1)])
    assert found == {50.0: 501.0, 95.0: 951.0, 99.0: 991.0, 99.9: 1000.0}
