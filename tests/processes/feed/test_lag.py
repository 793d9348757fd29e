"""Lag after a burst is shown for each follower, the feed among them, and is nothing when it was
followed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from adapters.nats.address import NatsAddress
from projections.feed import FEED
from projections.followers import FOLLOWERS
from tests.api.served import Served, done, served
from tests.processes.feed.test_comparing import catch_up
from tests.processes.projections.test_exactly_once import begin, fill
from tests.tamper.stores import TestStore

LAG = re.compile(r'^tally_follower_lag_(events|seconds)\{follower="(\w+)"\} (\S+)$', re.M)
BURST = 200


def lags(service: Served, unit: str) -> dict[str, float]:
    """The lag of each follower as the metrics have it."""
    page = service.operator.get("/metrics").text
    return {name: float(count) for of, name, count in LAG.findall(page) if of == unit}


def test_the_lag_of_a_burst_is_shown_of_each_follower_and_returns_to_zero(
    store: TestStore, bus: NatsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.http.health.BEHIND_US", 0)
    names = {*FOLLOWERS, FEED}
    begin(store)
    catch_up(store, bus)
    fill(store, "burst", BURST)
    with served(replace(store.ends, nats=bus), read_models=False) as service:
        assert names <= {*done(service.http.get("/readyz"))["behind"]}
        behind, seconds = lags(service, "events"), lags(service, "seconds")
        assert all(behind[name] == BURST and seconds[name] > 0 for name in names)
        catch_up(store, bus)
        assert not names & {*done(service.http.get("/readyz"))["behind"]}
        behind, seconds = lags(service, "events"), lags(service, "seconds")
        assert all(behind[name] == seconds[name] == 0 for name in names)
