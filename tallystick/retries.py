"""Retries: how often and when the same is sent again, under one deadline for all of it.

Every operation of the contract may be sent again after an outcome that is unknown, because a
read changes nothing and a command has an id that the client made once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tallystick.problem import NotAProblem, Problem, TallystickError, Unreachable

GATEWAY_STATUSES = frozenset({502, 503, 504})
"""What a proxy answers when the service behind it did not."""


@dataclass(frozen=True, kw_only=True)
class Retries:
    """How patient a client is, in seconds."""

    deadline_s: float = 30.0
    """For one call, with all that is sent again."""
    silence_s: float = 10.0
    """How long a connection may say nothing before it is given up and another is tried."""
    first_wait_s: float = 0.1
    longest_wait_s: float = 5.0
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    chance: Callable[[], float] = field(default=random.random, repr=False)


class Attempts:
    """The attempts of one call."""

    def __init__(self, retries: Retries) -> None:
        self._retries = retries
        self._until = retries.clock() + retries.deadline_s
        self._failed = 0

    @property
    def left_s(self) -> float:
        """How long all of it may still take."""
        return self._until - self._retries.clock()

    @property
    def silence_s(self) -> float:
        """How long the next attempt may say nothing."""
        return max(0.001, min(self._retries.silence_s, self.left_s))

    def wait_s(self, failure: TallystickError, retry_after: str | None = None) -> float:
        """Return how long to wait before the next attempt. Raises the failure if it is final."""
        if not heals(failure):
            raise failure
        spread = self._retries.first_wait_s * 2.0 ** min(self._failed, 30)
        wait_s = min(spread, self._retries.longest_wait_s) * (0.5 + self._retries.chance() / 2)
        if retry_after is not None and retry_after.strip().isdecimal():
            wait_s = max(wait_s, float(retry_after))
        if self._retries.clock() + wait_s >= self._until:
            raise failure
        self._failed += 1
        return wait_s


def heals(failure: TallystickError) -> bool:
    """Tell whether the same may be sent again without anyone doing anything about it."""
    if isinstance(failure, Problem):
        return failure.may_be_sent_again
    if isinstance(failure, NotAProblem):
        return failure.status in GATEWAY_STATUSES
    return isinstance(failure, Unreachable)
