"""An empty store for each test of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.embedded import EngineUrls
from tests.tamper.stores import TestStore


@pytest.fixture
def store(engines: EngineUrls) -> Iterator[TestStore]:
    """An empty store."""
    store = TestStore.new(engines)
    yield store
    store.drop()
