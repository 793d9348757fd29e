"""Metrics: what the service counts about itself, for Prometheus."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_BOUNDS = [*map(str, _SECONDS), "+Inf"]


class _Timing:
    """How long the requests of one kind took."""

    __slots__ = ("buckets", "total")

    def __init__(self) -> None:
        self.buckets = [0] * len(_BOUNDS)
        self.total = 0.0

    def add(self, other: _Timing) -> None:
        """Add what took time elsewhere."""
        self.buckets = [
            ours + theirs for ours, theirs in zip(self.buckets, other.buckets, strict=True)
        ]
        self.total += other.total


class Metrics(Collector):
    """Requests by route, method and status, how long they took, and which limits refused some.

    Counted in plain numbers by the event loop, and made into metrics when they are asked for: the
    library's own counters lock at every request.
    """

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, int], int] = {}
        self._timings: dict[tuple[str, str], _Timing] = {}
        self._limited: dict[str, int] = {}

    def count(self, method: str, route: str, status: int, started: float) -> None:
        """Count an answered request; `started` is its time.perf_counter()."""
        seconds = time.perf_counter() - started
        kind = (method, route, status)
        self._requests[kind] = self._requests.get(kind, 0) + 1
        timing = self._timings.get((method, route))
        if timing is None:
            timing = self._timings[method, route] = _Timing()
        timing.buckets[bisect_left(_SECONDS, seconds)] += 1
        timing.total += seconds

    def count_limited(self, limit: str) -> None:
        """Count a request that a limit has refused."""
        self._limited[limit] = self._limited.get(limit, 0) + 1

    def add(self, other: Metrics) -> None:
        """Count what another process has counted, too."""
        for kind, count in other._requests.items():
            self._requests[kind] = self._requests.get(kind, 0) + count
        for limit, count in other._limited.items():
            self._limited[limit] = self._limited.get(limit, 0) + count
        for labels, timing in other._timings.items():
            self._timings.setdefault(labels, _Timing()).add(timing)

    def collect(self) -> Iterator[Metric]:
        """Yield what was counted, as metrics."""
        requests = CounterMetricFamily(
            "tally_http_requests", "Requests answered.", labels=["method", "route", "status"]
        )
        for (method, route, status), count in self._requests.items():
            requests.add_metric([method, route, str(status)], count)
        yield requests
        limited = CounterMetricFamily(
            "tally_http_limited", "Requests that a limit has refused.", labels=["limit"]
        )
        for limit, count in self._limited.items():
            limited.add_metric([limit], count)
        yield limited
        seconds = HistogramMetricFamily(
            "tally_http_request_seconds", "Time from request to answer.", labels=["method", "route"]
        )
        for labels, timing in self._timings.items():
            counts = accumulate(timing.buckets)
            buckets = [(bound, float(count)) for bound, count in zip(_BOUNDS, counts, strict=True)]
            seconds.add_metric(list(labels), buckets, timing.total)
        yield seconds

    def page(self, more: bytes = b"") -> Response:
        """Return the metrics as Prometheus reads them, and more of the same form."""
        registry = CollectorRegistry()
        registry.register(self)
        return Response(generate_latest(registry) + more, media_type=CONTENT_TYPE_LATEST)
