"""Engines shared by all tests, and fresh databases inside them."""

from __future__ import annotations

import gc
import itertools
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from adapters.clickhouse import tables as clickhouse
from adapters.embedded import Engines, EngineUrls
from adapters.postgres.logins import log_in
from api.container import Endpoints
from tests import reached
from tests.databases import migrated_database

TESTS = Path(__file__).parent
LONG_FIRST = (
    "faults",
    "crash",
    "year",
    "processes",
    "tamper",
    "cli",
    "client",
    "formats",
    "properties",
)
"""Kinds of tests by how long a file of them takes; the others are short."""

_numbers = itertools.count(1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A test meets the problems that it is marked with."""
    claimed = {code for mark in item.iter_markers(reached.MARK) for code in mark.args}
    with reached.checked(claimed):
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with what takes long, so that no process is left alone with it at the end. Of tests
    with one name the processes of a run would do one only."""
    named = Counter(item.nodeid for item in items)
    if twice := [name for name, count in named.items() if count > 1]:
        raise pytest.UsageError(f"more than one test is called {twice[0]}")
    places = {kind: place for place, kind in enumerate(LONG_FIRST)}
    items.sort(key=lambda item: places.get(_kind(item), len(places)))


def pytest_collection() -> None:
    """Has nothing looked for that could be freed while tests are collected: nothing is."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Has the garbage collector pass over what was collected: it lives as long as the run."""
    gc.freeze()
    gc.enable()


def _kind(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).parts[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Makes the output of a test writable: what is no text in it cannot go to another process."""
    report = yield
    report.sections = [(name, _writable(text)) for name, text in report.sections]
    return report


def _writable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineUrls]:
    """PostgreSQL and ClickHouse of this run."""
    with Engines(tmp_path_factory.mktemp("engines") / "data") as running:
        yield running.urls()


@pytest.fixture(scope="session")
def new_endpoints(engines: EngineUrls) -> Callable[[], Endpoints]:
    """Makes a migrated database of its own in each engine."""

    def make() -> Endpoints:
        name = f"tally_test_{next(_numbers)}"
        assert engines.database_url is not None
        assert engines.clickhouse_url is not None
        owner = migrated_database(engines.database_url, name)
        clickhouse_url = urlunsplit(urlsplit(engines.clickhouse_url)._replace(path=f"/{name}"))
        clickhouse.migrate(clickhouse_url)
        return Endpoints(log_in(owner), clickhouse_url)

    return make


@pytest.fixture(scope="module")
def ends(new_endpoints: Callable[[], Endpoints]) -> Endpoints:
    """Migrated databases, shared by a module; tests use orgs of their own in them."""
    return new_endpoints()
