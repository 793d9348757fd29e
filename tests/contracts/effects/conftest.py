"""A world of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .worlds import MemoryWorld, PostgresWorld, World


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """An empty one."""
    if request.param == "memory":
        yield MemoryWorld()
        return
    world = PostgresWorld(request.getfixturevalue("fresh_database"))
    yield world
    world.close()
