"""Metrics of alarms, of followers and of calls to the outside, for Prometheus: from the database,
since any process raises, moves and makes them."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.queries.operations import Operations
from ledger.kernel.alarms import Alarm


def operations_page(state: Operations, now_us: int) -> bytes:
    """Return the metrics as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(_Operations(state, now_us))
    return generate_latest(registry)


class _Operations(Collector):
    def __init__(self, state: Operations, now_us: int) -> None:
        self._state = state
        self._now_us = now_us

    def collect(self) -> Iterator[Metric]:
        alarms = CounterMetricFamily(
            "tally_alarms", "Times that a person was to look.", labels=["alarm"]
        )
        for alarm in Alarm:
            alarms.add_metric([alarm], self._state.alarms.get(alarm, 0))
        yield alarms
        yield from self._effects()
        yield from self._followers()

    def _effects(self) -> Iterator[Metric]:
        ended = CounterMetricFamily(
            "tally_effects", "Calls that ended.", labels=["effect", "outcome"]
        )
        waiting = GaugeMetricFamily("tally_effects_waiting", "Calls that wait.", labels=["effect"])
        lag = GaugeMetricFamily(
            "tally_effect_lag_seconds", "Age of the oldest call that waits.", labels=["effect"]
        )
        for each in self._state.effects:
            ended.add_metric([each.effect, "done"], each.done)
            ended.add_metric([each.effect, "failed"], each.failed)
            waiting.add_metric([each.effect], each.waiting)
            since_us = self._now_us if each.waiting_us is None else each.waiting_us
            lag.add_metric([each.effect], max(0, self._now_us - since_us) / 1_000_000)
        yield from (ended, waiting, lag)

    def _followers(self) -> Iterator[Metric]:
        behind = GaugeMetricFamily(
            "tally_follower_lag_events", "Events it has not applied.", labels=["follower"]
        )
        lag = GaugeMetricFamily(
            "tally_follower_lag_seconds",
            "Age of the oldest event it has not applied.",
            labels=["follower"],
        )
        parked = GaugeMetricFamily(
            "tally_follower_parked_orgs", "Orgs it has set aside.", labels=["follower"]
        )
        for each in self._state.followers:
            behind.add_metric([each.name], each.behind)
            lag.add_metric([each.name], each.lag_us(self._now_us) / 1_000_000)
            parked.add_metric([each.name], each.parked)
        yield from (behind, lag, parked)
