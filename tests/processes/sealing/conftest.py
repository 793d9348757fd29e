"""A store of its own for each test of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.embedded import EngineUrls
from tests.processes.sealing.store import SealedStore, migrated


@pytest.fixture(scope="session")
def sealed_database(engines: EngineUrls) -> str:
    """A migrated database; its tests come one after the other."""
    return migrated(str(engines.database_url))


@pytest.fixture
def store(sealed_database: str, tmp_path: Path) -> SealedStore:
    """An empty store, and no keys yet."""
    store = SealedStore(sealed_database, tmp_path)
    store.empty()
    return store
