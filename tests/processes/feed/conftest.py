"""A server of NATS for a file, and an empty ledger for each test that publishes on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from nats.js.errors import NotFoundError

from adapters.embedded import Engines, EngineUrls
from adapters.nats.address import NatsAddress
from adapters.nats.feed import STREAM
from tests.processes.feed.reading import on
from tests.tamper.stores import TestStore


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """The server."""
    folder = tmp_path_factory.mktemp("bus")
    with Engines(folder / "bus", postgres=False, clickhouse=False) as engines:
        yield engines


@pytest.fixture
def bus(server: Engines) -> Iterator[NatsAddress]:
    """Where it is. A stream is of one ledger, so it is gone afterwards."""
    yield NatsAddress((str(server.urls().nats_url),))
    with suppress(NotFoundError):
        left = NatsAddress((str(server.urls().nats_url),))
        on(left, lambda client: client.jetstream().delete_stream(STREAM))


@pytest.fixture
def store(engines: EngineUrls) -> Iterator[TestStore]:
    """An empty store."""
    store = TestStore.new(engines)
    yield store
    store.drop()
