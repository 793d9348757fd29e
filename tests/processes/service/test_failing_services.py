"""Who follows, seals and delivers says each failure and goes on, after pauses that double."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, cast

import pytest

from api.container import clock_us
from api.sealing.sealer import Sealer
from api.sealing.witness_delivery import Delivery
from ledger.kernel.errors import Unavailable
from projections.engine import Runner

FAILURES = 7


class Stop(threading.Event):
    """Remembers each pause and waits for none."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout)
        return self.is_set()


class AwayStore:
    """A store that is away for a while, and stops its service when it is asked once more."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        self.name = "nobody"
        self.store = self
        self.asked = self.closed = 0

    def claim(self) -> bool:
        self.asked += 1
        if self.asked <= FAILURES:
            raise Unavailable(f"away {self.asked}")
        self.stop.set()
        return False

    def pending(self, witness: str) -> list[object]:
        self.claim()
        return []

    def waiting_us(self, witness: str) -> None:
        return None

    def close(self) -> None:
        self.closed += 1


Service = Callable[[Any, Stop], None]


def follow(store: Any, stop: Stop) -> None:
    Runner(store, stop).run()


def seal(store: Any, stop: Stop) -> None:
    Sealer(store, cast(Any, None), clock_us).run(stop)


def deliver(store: Any, stop: Stop) -> None:
    Delivery("folder", store, clock_us).run(stop, Stop())


@pytest.mark.parametrize(
    ("service", "first"),
    [(follow, 0.1), (seal, 0.1), (deliver, 0.5)],
    ids=["follower", "sealer", "delivery"],
)
def test_a_service_whose_store_is_away_goes_on(service: Service, first: float) -> None:
    stop = Stop()
    store = AwayStore(stop)
    service(store, stop)
    doubled = [min(5.0, first * 2**n) for n in range(FAILURES)]
    assert stop.waited[:FAILURES] == doubled
    assert store.asked == FAILURES + 1
    assert store.closed
