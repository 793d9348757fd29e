"""A server of NATS, and an empty ledger that publishes on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.embedded import Engines, EngineUrls
from adapters.nats.connection import NatsAddress
from tests.tamper.stores import TestStore


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Engines]:
    """A server of its own: a stream is of one ledger."""
    with Engines(tmp_path / "bus", postgres=False, clickhouse=False) as engines:
        yield engines


@pytest.fixture
def bus(server: Engines) -> NatsAddress:
    """Where it is."""
    return NatsAddress((str(server.urls().nats_url),))


@pytest.fixture
def store(engines: EngineUrls) -> Iterator[TestStore]:
    """An empty store."""
    store = TestStore.new(engines)
    yield store
    store.drop()
