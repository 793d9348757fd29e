"""The deadline of a request: it is answered by then, whatever the database does."""

from __future__ import annotations

import math
import time
from contextvars import ContextVar

REQUEST_S = 10.0
"""How long a request may take from when it is whole; what is not known by then is 503."""

READY_S = 1.0
"""How long the question whether the service is ready may take."""


class Deadline:
    """When a request must be answered, by `time.monotonic()`."""

    __slots__ = ("_ends_at", "_seconds")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.begin()

    def begin(self) -> None:
        """Begin again: the request is whole only now, and what its sender took is not ours."""
        self._ends_at = time.monotonic() + self._seconds

    def lift(self) -> None:
        """Lift the deadline: an answer has begun, which may be long."""
        self._ends_at = math.inf

    @property
    def left_s(self) -> float:
        """Seconds until then."""
        return self._ends_at - time.monotonic()


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def set_deadline(seconds: float) -> Deadline:
    """Give the request that is being worked on a deadline."""
    deadline = Deadline(seconds)
    _current.set(deadline)
    return deadline


def left_s(limit_s: float) -> float:
    """Return how many seconds may still be waited: at most so many, and until the request's
    deadline."""
    deadline = _current.get()
    return limit_s if deadline is None else min(limit_s, deadline.left_s)
