"""What the service counts about itself, for Prometheus."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """Requests by route, method and status, and how long they took."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "tally_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "tally_http_request_seconds",
            "Time from request to answer.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=self._registry,
        )

    def count(self, method: str, route: str, status: int, started: float) -> None:
        """A request was answered; `started` is its time.perf_counter()."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(time.perf_counter() - started)

    def page(self, more: bytes = b"") -> Response:
        """The metrics as Prometheus reads them, and more of the same form."""
        return Response(generate_latest(self._registry) + more, media_type=CONTENT_TYPE_LATEST)
