"""Retries: work that may fail for a while, done again after a pause, in one way everywhere.

Who waits is the caller: `wait` is told how long, and returns whether to give up meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Protocol, TypeVar

from ledger.kernel.errors import Failed, LedgerError

T = TypeVar("T")
E = TypeVar("E", bound=Exception)
Wait = Callable[[float], object]


class Stop(Protocol):
    """What ends a service; a `threading.Event`."""

    def is_set(self) -> bool:
        """Tell whether it was stopped."""

    def wait(self, timeout: float) -> bool:
        """Wait so many seconds, or until it is stopped: tell whether it was."""


def doubling(first_s: float, limit_s: float) -> Iterator[float]:
    """Yield pauses that double up to a limit, without end."""
    while True:
        yield first_s
        first_s = min(first_s * 2, limit_s)


def at_once(_: float) -> bool:
    """Wait for nothing, and never give up."""
    return False


def retry(
    work: Callable[[], T],
    failures: type[E] | tuple[type[E], ...],
    pauses: Iterable[float],
    wait: Wait,
    failed: Callable[[E], object] = lambda _: None,
) -> T:
    """Return what work returns once it does not fail; `failed` is told of each failure.

    Raises the last failure when no pause is left, or `wait` gives up.
    """
    left = iter(pauses)
    while True:
        try:
            return work()
        except failures as error:
            failed(error)
            pause_s = next(left, None)
            if pause_s is None or wait(pause_s):
                raise


def keep_on(
    turn: Callable[[], object],
    stop: Stop,
    failed: Callable[[LedgerError], object],
    first_s: float,
    limit_s: float,
) -> None:
    """Take one turn after the other until stopped; after failures in a row the pauses double.

    A fault of ours is a failure, too, as `Failed`: nobody sees a thread end.
    """
    while not stop.is_set():
        with suppress(LedgerError):  # stopped in a pause: it was said
            turns = partial(_taken, turn)
            retry(turns, LedgerError, doubling(first_s, limit_s), stop.wait, failed)


def fault_of(error: LedgerError) -> BaseException | None:
    """Return the fault of ours that a failure of `keep_on` stands for, with its traceback."""
    return error.__cause__ if isinstance(error, Failed) else None


def _taken(turn: Callable[[], object]) -> object:
    try:
        return turn()
    except LedgerError:
        raise
    except Exception as error:
        raise Failed(f"a fault of ours: {error!r}") from error
