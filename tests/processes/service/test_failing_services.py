"""Who follows, seals and delivers says each failure and goes on, after pauses that double."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, cast

import pytest

from api.container import clock_us
from api.sealing.sealer import Sealer
from api.sealing.witness_delivery import Delivery
from ledger.kernel.alarms import Alarm
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

    def __init__(self, stop: Stop, failure: type[Exception] = Unavailable) -> None:
        self.stop = stop
        self.failure = failure
        self.name = "nobody"
        self.store = self
        self.asked = self.closed = 0

    def claim(self) -> bool:
        self.asked += 1
        if self.asked <= FAILURES:
            raise self.failure(f"away {self.asked}")
        self.stop.set()
        return False

    def pending(self, witness: str) -> list[object]:
        self.claim()
        return []

    def waiting_us(self, witness: str) -> int:
        return 0

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


@pytest.mark.parametrize(
    ("service", "alarm"),
    [
        (follow, Alarm.FOLLOWER_STOPPED),
        (seal, Alarm.SEALER_STOPPED),
        (deliver, Alarm.WITNESS_BEHIND),
    ],
    ids=["follower", "sealer", "delivery"],
)
def test_a_service_that_meets_a_fault_of_ours_is_an_alarm_and_goes_on(
    service: Service, alarm: Alarm, caplog: pytest.LogCaptureFixture
) -> None:
    stop = Stop()
    store = AwayStore(stop, ZeroDivisionError)
    service(store, stop)
    assert store.asked == FAILURES + 1
    assert alarm in [getattr(each, "alarm", None) for each in caplog.records]
    assert "ZeroDivisionError: away 1" in caplog.text  # with its traceback
