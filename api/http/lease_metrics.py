"""Lease metrics: which service's writer writes each shard, for Prometheus: from the database, since
the services share it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.queries.leases import LeaseState


def leases_page(states: Sequence[LeaseState]) -> bytes:
    """Return the metrics as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(_Leases(states))
    return generate_latest(registry)


class _Leases(Collector):
    def __init__(self, states: Sequence[LeaseState]) -> None:
        self._states = states

    def collect(self) -> Iterator[Metric]:
        held = GaugeMetricFamily(
            "tally_lease_held",
            "Whether the shard is written by the service.",
            labels=["shard", "service", "host"],
        )
        taken = CounterMetricFamily(
            "tally_leases_taken", "Times that a writer took the shard.", labels=["shard"]
        )
        lost = CounterMetricFamily(
            "tally_races_lost",
            "Commits refused since another wrote, although the lease was held.",
            labels=["shard"],
        )
        for each in self._states:
            shard = str(each.shard)
            held.add_metric([shard, each.service, each.host], each.is_held)
            taken.add_metric([shard], each.epoch)
            lost.add_metric([shard], each.races_lost)
        yield from (held, taken, lost)
