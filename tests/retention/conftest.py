"""Stores whose events lie in small partitions, so that the oldest can be archived."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from adapters.archive import Archives
from adapters.embedded import EngineUrls
from adapters.postgres.partitions import Partitions
from api.audit import archiving
from tests.tamper.stores import TestStore, stock

CUTS = FIRST, SECOND = (22, 36)
"""Where the first partitions end; the next is of the usual size."""


def cut(store: TestStore) -> None:
    """Have small partitions, before there is any event."""
    bounds = [0, *CUTS, 10_000_000]
    with psycopg.connect(store.owner) as connection:
        connection.execute("DROP TABLE tally.events_000000")
        for n, (first, past) in enumerate(pairwise(bounds)):
            name = "events_000000" + "abc"[n] * (n > 0)
            connection.execute("SELECT tally.make_event_partition(%s, %s, %s)", [name, first, past])


def archive_upto(store: TestStore, archives: Archives, position: int, *, drop: bool = False) -> int:
    """Archive what is before a position, of whatever age; answer how many partitions."""
    with Partitions(store.ends.database) as partitions:
        now_us = store.clock()
        chosen = archiving.due(partitions, position=position, time_us=None, oldest_us=now_us)
        for each in chosen:
            archiving.archive(partitions, archives, each, now_us)
        for each in partitions.every():
            if drop and each.detached_bytes is not None:
                archiving.drop(partitions, archives, each)
        return len(chosen)


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
    assert archive_upto(copy, archives, SECOND, drop=True) == 2
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
