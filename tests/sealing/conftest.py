"""A store of its own for each test of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.embedded import EngineUrls

from .store import SealedStore, migrated


@pytest.fixture(scope="session")
def template(engines: EngineUrls) -> str:
    """A migrated database without anything in it."""
    return migrated(str(engines.database_url))


@pytest.fixture
def store(engines: EngineUrls, template: str, tmp_path: Path) -> SealedStore:
    """An empty store, and no keys yet."""
    return SealedStore(str(engines.database_url), template, tmp_path)
