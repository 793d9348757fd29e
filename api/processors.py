"""Processors: how many of them we may use, and what follows for how many processes there are."""

from __future__ import annotations

import os
from pathlib import Path

SHARE = 4
"""Processors for each process that serves HTTP, with one that records: the database and those that
follow need the rest. On two, one of each keeps both busy (`bench/single_lines.py`)."""

QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Where a container's share of the machine stands: so many microseconds of each so many."""


def for_each_of_four(limit: int) -> int:
    """Return one for every four processors; at least one, and at most so many."""
    return min(limit, max(1, usable() // SHARE))


def usable(quota: Path = QUOTA) -> int:
    """Return how many processors we may use."""
    here = len(os.sched_getaffinity(0))
    try:
        of, each = quota.read_text().split()
    except (OSError, ValueError):
        return here
    return here if of == "max" else max(1, min(here, int(of) // int(each)))
