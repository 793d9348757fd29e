"""A store of each module."""

from __future__ import annotations

import pytest

from api.container import Endpoints
from tests.processes.jobs.store import Store


@pytest.fixture(scope="module")
def store(ends: Endpoints) -> Store:
    """Shared by a module; tests use orgs of their own in it."""
    return Store(ends)
