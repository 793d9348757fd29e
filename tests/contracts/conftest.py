"""A store of each kind: in memory, and real PostgreSQL with a database for each module."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from adapters.embedded import Engines
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.logins import log_in
from tests import databases
from tests.contracts.stores import MemoryStore, PostgresStore, Store

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The owner's URL of a PostgreSQL server of these tests."""
    with Engines(tmp_path_factory.mktemp("contracts") / "data", clickhouse=False) as engines:
        yield str(engines.urls().database_url)


def new_database(server: str) -> str:
    """The owner's URL of an empty database."""
    return databases.empty_database(server, _new_name())


def _new_name() -> str:
    return f"contract_{next(_numbers)}"


@pytest.fixture
def empty_database(server: str) -> str:
    """A database without our schema."""
    return new_database(server)


@pytest.fixture(scope="module")
def database(server: str) -> DatabaseUrls:
    """A migrated database, shared by a module; tests use orgs of their own in it."""
    return log_in(databases.migrated_database(server, _new_name()))


@pytest.fixture
def fresh_database(server: str) -> DatabaseUrls:
    """A migrated database of one test."""
    return log_in(databases.migrated_database(server, _new_name()))


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    store = PostgresStore(request.getfixturevalue("fresh_database").writer)
    yield store
    store.close()
