"""A service for each module of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.container import Endpoints
from tests.api.served import Api, Served, served


@pytest.fixture(scope="module")
def service(ends: Endpoints) -> Iterator[Served]:
    """The service, with its read models, over fresh databases."""
    with served(ends) as running:
        yield running


@pytest.fixture
def admin(service: Served) -> Api:
    """An admin of an org of the test's own."""
    return service.new_admin()
