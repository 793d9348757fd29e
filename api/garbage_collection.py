"""Garbage collection, done seldom: events and wallets are many objects, and hold no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_EVERY = 100_000
"""Objects between two collections. Python's own 700 would be looked through far too often."""

_EVERY_SERVING = (50_000, 20, 50)
"""Thresholds while serving: objects, then collections of the younger generation."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect seldom for a while."""
    before = gc.get_threshold()
    gc.set_threshold(_EVERY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def collect_seldom() -> None:
    """Collect seldom from now on, and never look again at what was loaded at the start.

    Looking through wallets in memory, every few hundred requests, costs more than the requests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_EVERY_SERVING)
