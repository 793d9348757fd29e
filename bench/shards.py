"""Shards: orgs placed on them, and what each does with the lines it is sent, in simulated time."""

from __future__ import annotations

import hashlib
import random
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

GIANT = 0
"""The number of the org that is made to have a part of all traffic."""


@dataclass(frozen=True)
class Cost:
    """What a group of lines takes its writer: `commit_s` whatever it holds, `line_s` for each line.

    A group holds `group_max` lines, taken in turns between the orgs that wait, as
    `api/writer/fair_queue.py` does. With `group_max` 1 and no `commit_s` this is M/D/1.
    """

    line_s: float
    commit_s: float = 0.0
    group_max: int = 1

    @property
    def capacity(self) -> float:
        """Lines a second when every group is full."""
        return self.group_max / (self.commit_s + self.group_max * self.line_s)


@dataclass(frozen=True)
class Shard:
    """A shard: the rates of its orgs, in lines a second."""

    rates: Mapping[int, float]

    @property
    def rate(self) -> float:
        """Lines a second."""
        return sum(self.rates.values())

    def arrivals(self, draw: random.Random, seconds: float) -> list[tuple[float, int]]:
        """Draw the lines of a time: when each arrives, and of which org."""
        if not self.rates:
            return []
        times = []
        now = draw.expovariate(self.rate)
        while now < seconds:
            times.append(now)
            now += draw.expovariate(self.rate)
        orgs = draw.choices(list(self.rates), list(self.rates.values()), k=len(times))
        return list(zip(times, orgs, strict=True))


def heavy_tailed(orgs: int, rate: float, exponent: float, giant: float | None) -> dict[int, float]:
    """Return the rate of each org: the n-th has 1/n**exponent of the first, and a giant its part.

    The giant is org 0, which is the largest in any case.
    """
    weights = [1 / rank**exponent for rank in range(1, orgs + 1)]
    if giant is not None:
        weights[GIANT] = sum(weights[1:]) * giant / (1 - giant)
    whole = sum(weights)
    return {org: rate * weight / whole for org, weight in enumerate(weights)}


def by_hash(rates: Mapping[int, float], shards: int) -> list[Shard]:
    """Place each org where its hash says, whatever it sends."""
    placed: list[dict[int, float]] = [{} for _ in range(shards)]
    for org, rate in rates.items():
        digest = hashlib.sha256(f"org-{org}".encode()).digest()
        placed[int.from_bytes(digest[:8], "big") % shards][org] = rate
    return [Shard(each) for each in placed]


def by_load(rates: Mapping[int, float], shards: int) -> list[Shard]:
    """Place the largest org first, each on the shard that has least."""
    placed: list[dict[int, float]] = [{} for _ in range(shards)]
    loads = [0.0] * shards
    for org, rate in sorted(rates.items(), key=lambda each: -each[1]):
        least = loads.index(min(loads))
        placed[least][org] = rate
        loads[least] += rate
    return [Shard(each) for each in placed]


def giant_alone(rates: Mapping[int, float], shards: int) -> list[Shard]:
    """Place the giant on a shard of its own and the others by hash on the rest."""
    others = {org: rate for org, rate in rates.items() if org != GIANT}
    return [Shard({GIANT: rates[GIANT]}), *by_hash(others, shards - 1)]


@dataclass(frozen=True)
class Served:
    """A line: whose it is, when it came, when its group began and when that was answered."""

    org: int
    arrived: float
    begun: float
    answered: float


def serve(arrivals: Sequence[tuple[float, int]], cost: Cost) -> Iterator[Served]:
    """Yield every line that arrives, in the order of their groups."""
    queue = _Turns()
    place, now = 0, 0.0
    while place < len(arrivals) or queue:
        if not queue:
            now = max(now, arrivals[place][0])
        while place < len(arrivals) and arrivals[place][0] <= now:
            queue.add(*arrivals[place])
            place += 1
        group = list(queue.take(cost.group_max))
        answered = now + cost.commit_s + len(group) * cost.line_s
        for org, arrived in group:
            yield Served(org, arrived, now, answered)
        now = answered


class _Turns:
    """Lines that wait, by org; each org in turn gives one."""

    def __init__(self) -> None:
        self._waiting: dict[int, deque[float]] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, arrived: float, org: int) -> None:
        """Let a line wait."""
        self._waiting.setdefault(org, deque()).append(arrived)

    def take(self, most: int) -> Iterable[tuple[int, float]]:
        """Yield up to so many lines, from each org in turn."""
        for _ in range(most):
            if not self._waiting:
                return
            org = next(iter(self._waiting))
            lines = self._waiting.pop(org)
            yield org, lines.popleft()
            if lines:
                self._waiting[org] = lines
