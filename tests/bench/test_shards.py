"""The simulation of shards keeps the laws of queues, loses no line, and is the same for a seed."""

from __future__ import annotations

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.shards import GIANT, Cost, Shard, by_hash, by_load, giant_alone, heavy_tailed, serve

LINES = 200_000


@pytest.mark.parametrize("utilisation", [0.2, 0.5, 0.8])
def test_waiting_is_what_the_formula_of_one_fixed_server_says(utilisation: float) -> None:
    """M/D/1, Pollaczek and Khinchine: the mean of waiting is rho / (2 mu (1 - rho))."""
    line_s = 0.001
    shard = Shard({0: utilisation / line_s})
    arrivals = shard.arrivals(random.Random(12), LINES / shard.rate)
    waited = statistics.fmean(each.begun - each.arrived for each in serve(arrivals, Cost(line_s)))
    assert waited == pytest.approx(utilisation * line_s / (2 * (1 - utilisation)), rel=0.05)


def test_a_group_costs_its_commit_once() -> None:
    arrivals = [(0.0, 0), (0.1, 1), (0.2, 2), (9.0, 1)]
    served = list(serve(arrivals, Cost(line_s=1, commit_s=2, group_max=10)))
    assert [(each.begun, each.answered) for each in served] == [(0, 3), (3, 7), (3, 7), (9, 12)]


def test_orgs_take_turns() -> None:
    arrivals = [(0.0, GIANT)] * 5 + [(0.0, 7)]
    served = list(serve(arrivals, Cost(line_s=1, group_max=2)))
    assert [each.org for each in served[:2]] == [GIANT, 7]


@given(
    st.lists(st.tuples(st.floats(0, 10), st.integers(0, 5)), max_size=60),
    st.integers(1, 7),
    st.sampled_from([0.0, 0.5]),
)
def test_every_line_is_served_once_and_not_before_it_came(
    arrivals: list[tuple[float, int]], group_max: int, commit_s: float
) -> None:
    arrivals.sort()
    served = list(serve(arrivals, Cost(0.25, commit_s, group_max)))
    assert sorted((each.arrived, each.org) for each in served) == sorted(arrivals)
    assert all(each.arrived <= each.begun < each.answered for each in served)
    ends = {each.begun: each.answered for each in served}
    assert all(end <= begun for end, begun in zip(ends.values(), list(ends)[1:], strict=False))


@given(st.integers(2, 300), st.floats(0.5, 2), st.sampled_from([None, 0.1, 0.5]))
def test_placing_orgs_moves_load_and_loses_none(
    orgs: int, exponent: float, giant: float | None
) -> None:
    rates = heavy_tailed(orgs, 1_000, exponent, giant)
    assert sum(rates.values()) == pytest.approx(1_000)
    if giant is not None:
        assert rates[GIANT] == pytest.approx(1_000 * giant)
    for place in (by_hash, by_load, giant_alone):
        placed = place(rates, 5)
        assert len(placed) == 5
        assert sorted(org for shard in placed for org in shard.rates) == list(range(orgs))
        assert sum(shard.rate for shard in placed) == pytest.approx(1_000)
    assert giant_alone(rates, 5)[0].rates.keys() == {GIANT}


def test_a_seed_gives_the_same_lines() -> None:
    shard = Shard(heavy_tailed(100, 500, 1.0, None))
    assert shard.arrivals(random.Random(3), 2) == shard.arrivals(random.Random(3), 2)
    assert len(shard.arrivals(random.Random(3), 40)) == pytest.approx(20_000, rel=0.03)
