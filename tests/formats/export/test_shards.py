"""Bundles, checkpoints and proofs of an org that has moved to another shard and back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.event_store import PostgresEventStore
from adapters.witness_files import WitnessFiles
from api import container
from api.commands.command import Command
from api.container import Endpoints, clock_us
from api.queries.proof.checkpoints import prove_consistency, prove_inclusion
from api.queries.reader import Reader, query_pool
from api.sealing.process import Sealing
from api.settings import Settings
from api.writer.group_commit import GroupCommit
from ledger.kernel.errors import LedgerError
from ledger.proof.sealing import NotAnExtension
from tests.formats.export.bundles import Sealed, check
from tests.processes.sealing.store import SealedStore
from tests.scenarios.commands import deposit, move, register, usage, use

OTHER = "globex"


@pytest.fixture(scope="module")
def moved(
    new_endpoints: Callable[[], Endpoints], tmp_path_factory: pytest.TempPathFactory
) -> Sealed:
    """`acme` has gone from shard 1 to 2 and back, another org lives in 2; sealed at each place."""
    ends, folder = new_endpoints(), tmp_path_factory.mktemp("keys")
    settings = Settings(data=folder, witnesses=(str(folder / "witness"),))
    _run(ends, 1, register("acme"), register(OTHER), deposit("9", key="d1"))
    for number, shard in enumerate((2, 1), 1):
        _run(ends, 1, move("acme", shard), *([move(OTHER, 2)] * (number == 1)))
        lines = [usage([use("0.5", id=f"{number} {n}")]) for n in range(5)]
        _run(ends, shard, *lines)
        _run(ends, 2, deposit("1", key=f"d{number}", org=OTHER))
        assert Sealing(settings, ends.database, threading.Event()).once()
    return Sealed(ends, settings)


def _run(ends: Endpoints, shard: int, *commands: Command[object]) -> None:
    event_store = PostgresEventStore(ends.database.writer, name="shards")
    process = GroupCommit(container.ledger(event_store), clock_us, shard=shard)
    for command in commands:
        (outcome,) = process.run([command])
        assert not isinstance(outcome, LedgerError), outcome
    event_store.close()


def _shards_of(sealed: Sealed, org: str) -> list[int]:
    with psycopg.connect(sealed.ends.database.owner) as owner:
        query = "SELECT (position >> 48) + 1 FROM tally.events WHERE org = %s ORDER BY sequence"
        return [shard for (shard,) in owner.execute(query, [org]).fetchall()]


def test_a_bundle_over_shards_is_verified_as_any_other(moved: Sealed, tmp_path: Path) -> None:
    shards = _shards_of(moved, "acme")
    assert shards[shards.index(2) :] == [2] * 5 + [1] * 5
    for name, bounds in (("all", ()), ("across", ("5", "9"))):
        bundle = moved.export(tmp_path / name, "acme", *bounds)
        checked = check(bundle, *moved.keys)
        assert checked.exit_code == 0, checked
    other = moved.export(tmp_path / "other", OTHER)
    assert check(other, *moved.keys).exit_code == 0


def test_events_of_every_shard_are_proved_in_the_one_tree_of_their_org(moved: Sealed) -> None:
    async def prove() -> None:
        async with query_pool(moved.ends.database.query, size=2) as pool:
            reader = Reader(pool)
            last = len(_shards_of(moved, "acme"))
            for sequence in range(1, last + 1):
                proof = await prove_inclusion(reader, "acme", sequence, None)
                assert proof.checkpoint.size == last
            for size in range(1, last + 1):
                await prove_consistency(reader, "acme", size, None)

    asyncio.run(prove())


def test_a_witness_has_the_newest_checkpoint_of_orgs_of_every_shard(moved: Sealed) -> None:
    (folder,) = moved.settings.witnesses
    text = b"".join(content for _, content in WitnessFiles(folder)).decode()
    for org in ("acme", OTHER, "platform"):
        assert f'"tallystick/{org}\\n{len(_shards_of(moved, org))}\\n' in text


def test_a_tampered_event_of_the_second_shard_is_not_handed_out(
    moved: Sealed, tmp_path: Path
) -> None:
    store = SealedStore(moved.ends.database.owner, tmp_path)
    body = "UPDATE tally.events SET body = {} WHERE org = 'acme' AND sequence = 6"
    store.tamper(body.format("body || ' '"))
    with pytest.raises(NotAnExtension):
        moved.export(tmp_path / "b", "acme")
    store.tamper(body.format("substring(body FROM 1 FOR length(body) - 1)"))
    assert check(moved.export(tmp_path / "mended", "acme"), *moved.keys).exit_code == 0
