"""Sealing metrics: how far sealing and the witnesses are, for Prometheus: from the database, since
another process does it."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from api.queries.proof.checkpoints import SealingState

_SECOND = 1_000_000


def sealing_page(state: SealingState, now_us: int) -> bytes:
    """Return the metrics as Prometheus reads them."""
    registry = CollectorRegistry()

    def gauge(name: str, documentation: str, *labels: str) -> Gauge:
        return Gauge(name, documentation, labels, registry=registry)

    def lag(since_us: int | None) -> float:
        return 0.0 if since_us is None else max(0, now_us - since_us) / _SECOND

    gauge("tally_checkpoint_lag_seconds", "Age of the oldest event without a checkpoint.").set(
        lag(state.unsealed_us)
    )
    gauge("tally_sealing_refused_orgs", "Orgs that do not extend what was signed.").set(
        state.refused
    )
    lags = gauge(
        "tally_witness_lag_seconds",
        "Age of the oldest checkpoint it has not got.",
        "witness",
    )
    ups = gauge("tally_witness_up", "Whether the last delivery succeeded.", "witness")
    for witness in state.witnesses:
        lags.labels(witness.name).set(lag(witness.waiting_us))
        ups.labels(witness.name).set(witness.error is None)
    return generate_latest(registry)
