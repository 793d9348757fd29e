"""Limits against a small model of windows, in several processes that count together."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from zlib import crc32

from hypothesis import given
from hypothesis import strategies as st

from api.http.errors import RateLimited
from api.http.limits.counters import MemoryCounters
from api.http.limits.limiter import Limiter
from api.limits import LIMITS, configured

LIMIT = LIMITS["balance"]
WINDOW_S = 60
WHOM = ("acme", "ada")
PHASE = crc32(b"balance/acme/ada") / 2**32

Step = tuple[float, int, int]
"""Seconds that pass, which process is asked, and for how much."""


def _window(now: float) -> int:
    """The model of time: windows of a minute, one after the other."""
    return math.floor(now / WINDOW_S + PHASE)


def _run(amount: int, processes: int, steps: list[Step]) -> list[tuple[float, int, bool]]:
    """When how much was asked for, and whether it was let through."""
    now = [0.0]
    counters = MemoryCounters(lambda: now[0])
    limiters = [
        Limiter(counters, configured({"balance": amount}), lambda _: None, lambda: now[0], 0.0)
        for _ in range(processes)
    ]

    async def inside() -> list[tuple[float, int, bool]]:
        found = []
        for seconds, process, cost in steps:
            now[0] += seconds
            limiter, demand = limiters[process % processes], (LIMIT, *WHOM)
            passed = limiter.spend_here(demand, cost)
            if not passed:
                try:
                    await limiter.spend([demand], cost)
                    passed = True
                except RateLimited as refusal:
                    wait_s = refusal.facts["retry_after"]
                    assert isinstance(wait_s, int)
                    assert _window(now[0] + wait_s + 1e-3) > _window(now[0])
            found.append((now[0], cost, passed))
        return found

    return asyncio.run(inside())


def steps(costs: st.SearchStrategy[int]) -> st.SearchStrategy[list[Step]]:
    pauses = st.sampled_from([0.0, 0.0, 0.0, 0.01, 1.0, 7.0, 29.9, 60.0, 150.0])
    return st.lists(st.tuples(pauses, st.integers(0, 3), costs), max_size=120)


@given(st.integers(1, 12), st.integers(1, 4), steps(st.just(1)))
def test_single_requests_pass_as_the_model_says_in_however_many_processes(
    amount: int, processes: int, steps: list[Step]
) -> None:
    spent: Counter[int] = Counter()
    for now, _, passed in _run(amount, processes, steps):
        assert passed == (spent[_window(now)] < amount)
        spent[_window(now)] += passed


@given(st.integers(1, 400), steps(st.integers(1, 50)))
def test_costs_pass_in_one_process_as_the_model_says(amount: int, steps: list[Step]) -> None:
    spent: Counter[int] = Counter()
    for now, cost, passed in _run(amount, 1, steps):
        assert passed == (spent[_window(now)] + cost <= amount)
        spent[_window(now)] += cost * passed


@given(st.integers(1, 400), st.integers(2, 4), steps(st.integers(1, 50)))
def test_costs_in_several_processes_never_pass_the_amount_of_a_window(
    amount: int, processes: int, steps: list[Step]
) -> None:
    spent: Counter[int] = Counter()
    for now, cost, passed in _run(amount, processes, steps):
        spent[_window(now)] += cost * passed
    assert all(total <= amount for total in spent.values())
