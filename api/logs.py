"""The log of a process: lines on standard error, and no line over and over."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

EVERY_S = 1.0
"""Seconds between two lines of the same message: a fault that hits every request is one line a
second, and cannot fill the disk whose being full may be the fault."""


def log_to_stderr() -> None:
    """Log warnings and worse to standard error, unless this process logs elsewhere already."""
    handler = logging.StreamHandler()
    handler.addFilter(Seldom())
    form = "%(asctime)s %(name)s %(message)s"
    logging.basicConfig(level=logging.WARNING, format=form, handlers=[handler])


class Seldom(logging.Filter):
    """Passes a message of a logger once in a while, with the number of those left out between."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._passed: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether this one passes."""
        message, now = (record.name, str(record.msg)), self._clock()
        last, left_out = self._passed.get(message, (float("-inf"), 0))
        if now - last < EVERY_S:
            self._passed[message] = last, left_out + 1
            return False
        self._passed[message] = now, 0
        if left_out:
            record.msg = f"{record.getMessage()} ({left_out:,} more like this before it)"
            record.args = None
        return True
