"""Archives of several shards: each is archived by itself, and never an org's later part first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from adapters.archive import Archives
from adapters.embedded import EngineUrls
from adapters.postgres.connection import OWNER, as_role
from adapters.postgres.partitions import Partitions
from api.archiving import archiving
from api.container import clock_us, event_store, ledger
from api.writer.every_shard import EveryShard
from ledger.kernel.errors import LedgerError
from ledger.kernel.shards import base_of
from ledger.proof.archive import ArchiveDiffers
from tests.scenarios.commands import deposit, register, usage, use
from tests.tamper.stores import TestStore

BASE = base_of(2)
CUTS = {1: 5, 2: 3}
"""Where the first partition of each shard ends, in numbers of the shard."""


@pytest.fixture
def store(engines: EngineUrls) -> Iterator[TestStore]:
    """A store of two shards: an org that stays in the first, one that is placed in the second."""
    store = TestStore.new(engines)
    with psycopg.connect(as_role(store.owner, OWNER)) as connection:
        connection.execute("SELECT tally.ensure_shard(2, 0)")
        for shard, name in ((1, "events_000000"), (2, "events_2_000000")):
            connection.execute(f"DROP TABLE tally.{name}")
            ends = [base_of(shard), base_of(shard) + CUTS[shard], base_of(shard) + 10_000_000]
            for each, first, past in ((name, *ends[:2]), (f"{name}b", *ends[1:])):
                make = "SELECT tally.make_event_partition(%s, %s, %s)"
                connection.execute(make, [each, first, past])
        for position in (1000, BASE + 1000):
            follow = "INSERT INTO tally.projections (name, position) VALUES ('transactions', %s)"
            connection.execute(follow, [position])
    door = event_store(store.ends.database, "test")
    commands = [
        *(register(), register("far", shard=2), deposit("5", key="d")),
        *(deposit("5", key="e", org="far"), usage([use("1", id="u")], org="far")),
    ]
    for command in commands:
        (outcome,) = EveryShard(ledger(door), clock_us).run([command])
        assert not isinstance(outcome, LedgerError), outcome
    door.close()
    yield store
    store.drop()


def due(partitions: Partitions, position: int | None, time_us: int | None = None) -> list[str]:
    chosen = archiving.due(partitions, position=position, time_us=time_us, oldest_us=clock_us() + 1)
    return [each.name for each in chosen]


def test_what_is_before_a_position_is_of_its_shard(store: TestStore) -> None:
    with Partitions(store.ends.database) as partitions:
        assert due(partitions, CUTS[1]) == ["events_000000"]
        assert due(partitions, BASE + CUTS[2]) == ["events_2_000000"]
        assert due(partitions, None, clock_us() + 1) == ["events_000000", "events_2_000000"]


def test_a_shard_is_archived_after_what_its_orgs_have_in_another(
    store: TestStore, tmp_path: Path
) -> None:
    archives = Archives(str(tmp_path))
    with Partitions(store.ends.database) as partitions:
        chosen = archiving.due(
            partitions, position=None, time_us=clock_us() + 1, oldest_us=clock_us() + 1
        )
        first, second = chosen
        with pytest.raises(ArchiveDiffers, match=r"far sequence 2 follows 0: .* another shard"):
            archiving.archive(partitions, archives, second, clock_us())
        archiving.archive(partitions, archives, first, clock_us())
        manifest = archiving.archive(partitions, archives, second, clock_us())
        assert (manifest.first_position, manifest.last_position) == (BASE + 1, BASE + 2)
        for each in (each for each in partitions.every() if each.detached_bytes is not None):
            archiving.drop(partitions, archives, each)
    left = store.rows("SELECT position FROM tally.events WHERE org = 'far' ORDER BY sequence")
    assert [position for (position,) in left] == [4, BASE + 3]
