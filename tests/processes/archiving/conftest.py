"""A store of which two partitions are archived, and copies of it before that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.archive import Archives
from adapters.embedded import EngineUrls
from tests.tamper.archived import SECOND, archive_until, cut
from tests.tamper.stores import TestStore, stock


@pytest.fixture(scope="package")
def stocked(engines: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> TestStore:
    """A store with something of everything in three partitions, its read models up to date."""
    store = TestStore.new(engines)
    cut(store)
    stock(store, tmp_path_factory.mktemp("sealed"))
    report = store.verify()
    assert report.exit_code == 0, report.as_dict()
    return store


@pytest.fixture
def store(stocked: TestStore) -> Iterator[TestStore]:
    """A copy to archive from."""
    copy = stocked.copy()
    yield copy
    copy.drop()


@pytest.fixture
def archives(tmp_path: Path) -> Archives:
    """A folder for archives."""
    return Archives(str(tmp_path / "archives"), make=True)


@pytest.fixture(scope="package")
def archived(stocked: TestStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archived]:
    """A store of which two partitions are archived and dropped; tests only read it."""
    copy = stocked.copy()
    place = tmp_path_factory.mktemp("archives")
    archives = Archives(str(place))
    assert archive_until(copy, archives, SECOND, drop=True) == 2
    yield Archived(copy, place)
    copy.drop()


class Archived:
    """A store and where its archives are."""

    def __init__(self, store: TestStore, place: Path) -> None:
        self.store = store
        self.place = place

    @property
    def archives(self) -> Archives:
        """The archives, to be read."""
        return Archives(str(self.place))
