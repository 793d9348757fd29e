"""Retries: what fails for a while is done again, with pauses, until it is given up or stopped."""

from __future__ import annotations

from itertools import islice, repeat

import pytest

from ledger.kernel.errors import Failed, LedgerError, Unavailable
from ledger.kernel.retries import at_once, doubling, fault_of, keep_on, retry


class Work:
    """Fails so often, then returns how often it was done."""

    def __init__(self, failures: int, error: type[Exception] = ConnectionError) -> None:
        self.failures = failures
        self.error = error
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        if self.times <= self.failures:
            raise self.error(f"no {self.times}")
        return self.times


def test_pauses_double_up_to_a_limit() -> None:
    assert list(islice(doubling(0.5, 3), 5)) == [0.5, 1, 2, 3, 3]


def test_what_fails_is_done_again_after_each_pause() -> None:
    waited: list[float] = []
    said: list[str] = []
    done = retry(
        Work(3),
        ConnectionError,
        doubling(1, 9),
        waited.append,
        lambda error: said.append(str(error)),
    )
    assert (done, waited, said) == (4, [1, 2, 4], ["no 1", "no 2", "no 3"])


def test_the_last_failure_is_raised_when_no_pause_is_left() -> None:
    work = Work(9)
    with pytest.raises(ConnectionError, match="no 3"):
        retry(work, ConnectionError, repeat(0.0, 2), at_once)
    assert work.times == 3


def test_who_waits_may_give_up() -> None:
    work = Work(9)
    with pytest.raises(ConnectionError, match="no 1"):
        retry(work, ConnectionError, doubling(1, 9), lambda _: True)


def test_any_other_failure_is_raised_at_once() -> None:
    with pytest.raises(ZeroDivisionError):
        retry(Work(1, ZeroDivisionError), ConnectionError, doubling(1, 9), at_once)


class Stopped:
    """Is stopped after so many pauses, and remembers them."""

    def __init__(self, pauses: int) -> None:
        self.left = pauses
        self.waited: list[float] = []

    def is_set(self) -> bool:
        return not self.left

    def wait(self, timeout: float) -> bool:
        self.waited.append(timeout)
        self.left -= 1
        return not self.left


def test_turns_go_on_until_stopped_and_a_turn_that_succeeds_shortens_the_pause_again() -> None:
    stop = Stopped(5)
    said: list[LedgerError] = []
    outcomes = iter([1, 1, 0, 1, 1, 1])

    def turn() -> None:
        if next(outcomes):
            raise Unavailable("away")

    keep_on(turn, stop, said.append, 1, 8)
    assert stop.waited == [1, 2, 1, 2, 4]
    assert len(said) == 5


def test_a_turn_that_meets_a_fault_is_said_with_its_traceback_and_the_service_goes_on() -> None:
    said: list[LedgerError] = []
    keep_on(Work(2, ZeroDivisionError), stop := Stopped(2), said.append, 1, 8)
    assert stop.waited == [1, 2]
    assert [type(each) for each in said] == [Failed, Failed]
    assert [str(fault_of(each)) for each in said] == ["no 1", "no 2"]
    assert fault_of(Unavailable("away")) is None
