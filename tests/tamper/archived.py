"""Stores whose events lie in small partitions, so that the oldest can be archived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import psycopg

from adapters.archive import Archives
from adapters.embedded import EngineUrls
from adapters.postgres.connection import OWNER, as_role
from adapters.postgres.partitions import Partitions
from api.archiving import archiving
from tests.tamper.stores import TestStore, stock

CUTS = FIRST, SECOND = (34, 48)
"""Where the first partitions end; the next is of the usual size."""


def cut(store: TestStore, cuts: Sequence[int] = CUTS) -> None:
    """Have small partitions, before there is any event."""
    bounds = [0, *cuts, 10_000_000]
    with psycopg.connect(as_role(store.owner, OWNER)) as connection:
        connection.execute("DROP TABLE tally.events_000000")
        for n, (first, past) in enumerate(pairwise(bounds)):
            name = "events_000000" + "abc"[n] * (n > 0)
            connection.execute("SELECT tally.make_event_partition(%s, %s, %s)", [name, first, past])


def archive_until(
    store: TestStore, archives: Archives, position: int, *, drop: bool = False
) -> int:
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


def whole_store(engines: EngineUrls, folder: Path) -> TestStore:
    """A stocked store with rows in every table, also of archives, its read models up to date."""
    store = TestStore.new(engines)
    cut(store)
    stock(store, folder)
    assert store.verify().exit_code == 0
    archives = Archives(str(folder / "archives"), make=True)
    assert archive_until(store, archives, FIRST, drop=True) == 1
    store.options = replace(store.options, archives=archives)
    report = store.verify()
    assert report.exit_code == 0, report.as_dict()
    return store
