"""A stocked store that verifies, and a copy of it for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.embedded import EngineUrls
from tests.tamper.stores import StoredPlace, TestStore, stock


@pytest.fixture(scope="package")
def stocked(engines: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> TestStore:
    """A store with something of everything, its read models up to date."""
    store = TestStore.new(engines)
    stock(store, tmp_path_factory.mktemp("sealed"))
    report = store.verify()
    assert report.exit_code == 0, report.as_dict()
    return store


@pytest.fixture(scope="package")
def open_store(stocked: TestStore) -> Iterator[TestStore]:
    """A copy without guards."""
    copy = stocked.copy()
    copy.unguard()
    yield copy
    copy.drop()


@pytest.fixture
def store(open_store: TestStore) -> Iterator[TestStore]:
    """A store to be changed; what was changed is put back."""
    options = open_store.options
    yield open_store
    open_store.options = options
    open_store.restore()


@pytest.fixture(scope="package")
def target(stocked: TestStore) -> StoredPlace:
    """A usage event in the middle of a chain."""
    rows = stocked.rows(
        "SELECT org, sequence, position FROM tally.events WHERE org = 'acme' "
        "AND type = 'credits.UsageRecorded' ORDER BY sequence OFFSET 3 LIMIT 1"
    )
    return StoredPlace(*rows[0])
