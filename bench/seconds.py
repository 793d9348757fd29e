"""The seconds that a piece of work takes."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds_of(work: Callable[[], object]) -> float:
    """Do it, and return how long it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
