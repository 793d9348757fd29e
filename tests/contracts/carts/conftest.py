"""Carts of each kind: in memory, and real PostgreSQL."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest

from adapters.memory.carts import MemoryCarts
from adapters.postgres.carts import PostgresCarts
from ledger.carts.ports import Carts

_orgs = itertools.count(1)


@pytest.fixture(params=["memory", "postgres"])
def carts(request: pytest.FixtureRequest) -> Iterator[Carts]:
    """The carts of a store."""
    if request.param == "memory":
        yield MemoryCarts(lambda: time.time_ns() // 1000)
        return
    store = PostgresCarts(request.getfixturevalue("database").writer)
    yield store
    store.hang_up()


@pytest.fixture
def org() -> str:
    """An org of the test's own."""
    return f"carts-{next(_orgs)}"
