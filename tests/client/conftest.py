"""A service for each module of these tests, and clients of an org of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from api.container import Endpoints
from tallystick import Client
from tests.api.served import OPERATOR_KEY, Served, served
from tests.client.proxy import Proxy


@pytest.fixture(scope="module")
def service(ends: Endpoints) -> Iterator[Served]:
    """The service, with its read models, over fresh databases."""
    with served(ends) as running:
        yield running


@pytest.fixture
def new_secret(service: Served) -> Callable[[str], str]:
    """Makes a key with a role in an org of the test's own."""
    org = service.new_org()

    def make(role: str) -> str:
        issued = service.issue(org, role)
        assert issued.secret is not None
        return issued.secret

    return make


@pytest.fixture
def secret(new_secret: Callable[[str], str]) -> str:
    """An admin's key."""
    return new_secret("admin")


@pytest.fixture
def ledger(service: Served, secret: str) -> Iterator[Client]:
    """An admin's client."""
    with Client(service.base_url, secret) as client:
        yield client


@pytest.fixture
def operator(service: Served) -> Iterator[Client]:
    """The operator's client, in no org."""
    with Client(service.base_url, OPERATOR_KEY) as client:
        yield client


@pytest.fixture
def proxy(service: Served) -> Iterator[Proxy]:
    """What stands between a client and the service, and cuts."""
    with Proxy(service.base_url) as running:
        yield running
