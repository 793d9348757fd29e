"""Siblings: the other processes that serve HTTP for the same `tally serve`, as a handler has
them."""

from __future__ import annotations

from typing import Protocol

from api.http.limits.counters import Counters, MemoryCounters
from api.http.metrics import Metrics


class Siblings(Protocol):
    """Those beside this process; `api/worker/siblings.py`."""

    @property
    def counters(self) -> Counters:
        """What they count together of what limits are spent on."""

    async def sum_with(self, metrics: Metrics) -> Metrics:
        """Return what all have counted, and this process. Raises Unavailable."""


class NoSiblings:
    """A process that is alone."""

    def __init__(self) -> None:
        self.counters: Counters = MemoryCounters()

    async def sum_with(self, metrics: Metrics) -> Metrics:
        return metrics
