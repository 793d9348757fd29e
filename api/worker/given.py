"""Given: what a worker has from its supervisor, on its command line."""

from __future__ import annotations

import msgspec


class Given(msgspec.Struct, frozen=True):
    """Descriptors, and how many there are of everything."""

    line: int
    """To the supervisor."""
    listener: int
    """Where it takes connections."""
    ways: dict[int, int]
    """To the writer of each shard."""
    data: str
    workers: int
    writers: int
    is_first: bool
    """Whether it looks for an operator key, and makes one if there is none."""
