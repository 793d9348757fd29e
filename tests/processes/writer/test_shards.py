"""Writers of several shards: each command goes to that of its org, also while orgs move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from typing import Any

import psycopg
import pytest

from api.container import Endpoints, event_store
from api.writer.writers import Writers
from ledger.credits.usage import LINES
from ledger.kernel.shards import shard_of
from tests.scenarios.commands import deposit, move, price, publish, register, usage, use
from tests.writer_threads import writers_in_threads, writing

ORGS = ("acme", "globex", "initech")


@pytest.fixture
def empty(new_endpoints: Callable[[], Endpoints]) -> Endpoints:
    return new_endpoints()


@asynccontextmanager
async def writing_with(ends: Endpoints, count: int) -> AsyncIterator[Writers]:
    """Two processes' worth of it: the writers of a few shards, and who asks them."""
    with (
        writers_in_threads(writing(ends.database), range(1, 6)) as sockets,
        closing(event_store(ends.database, "tests")) as store,
    ):

        async def find(org: str) -> int:
            return store.shards_of([org])[org]

        writers = Writers(sockets.ways, find, count)
        await writers.start()
        yield writers
        await writers.close()


def shards_written(ends: Endpoints, org: str) -> list[int]:
    """The shard of each event of an org, in the order of its chain."""
    with psycopg.connect(ends.database.owner) as connection:
        rows = connection.execute(
            "SELECT position FROM tally.events WHERE org = %s ORDER BY sequence", [org]
        ).fetchall()
    return [shard_of(position) for (position,) in rows]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_an_org_that_moves_under_load_loses_nothing_and_nobody_notices(
    empty: Endpoints, count: int
) -> None:
    async def story() -> None:
        async with writing_with(empty, count) as writers:
            for org in ORGS:
                await writers.submit(register(org))
            stop = asyncio.Event()
            using = [
                asyncio.create_task(_use_until(writers, org, str(client), stop))
                for org in ORGS
                for client in range(4)
            ]
            for shard in (2, 5, 1, 3):
                for org in ORGS:
                    moved = move(org, shard, key=f"{org} to {shard}")
                    await writers.submit(moved)
                    line = usage([use("1", id=f"after {shard}", user="mover")], org=org)
                    await writers.submit(line)
            stop.set()
            counts = await asyncio.gather(*using)
        for place, org in enumerate(ORGS):
            recorded = sum(counts[4 * place : 4 * place + 4]) + 4
            shards = shards_written(empty, org)
            assert set(shards) == {1, 2, 3, 5}
            assert shards[-1] == 3
            assert _lines(empty, org) == recorded

    asyncio.run(asyncio.wait_for(story(), 120))


async def _use_until(writers: Writers, org: str, client: str, stop: asyncio.Event) -> int:
    """Use, one after the other; every one is done, whatever becomes of the org."""
    count = 0
    while not stop.is_set():
        line = usage([use("1", id=f"{client}.{count}")], org=org)
        (result,) = await writers.submit(line)
        assert not isinstance(result, Exception), result
        count += 1
    return count


def _lines(ends: Endpoints, org: str) -> int:
    with psycopg.connect(ends.database.owner) as connection:
        rows = connection.execute(
            "SELECT count(*) FROM tally.keys WHERE org = %s AND space = %s", [org, LINES]
        ).fetchone()
    assert rows is not None
    return int(rows[0])


def test_a_price_that_the_platform_changes_holds_for_orgs_of_other_writers_at_their_next_commit(
    empty: Endpoints,
) -> None:
    """They trusted in the platform's head: the commit finds that it has moved."""

    async def story() -> None:
        async with writing_with(empty, 2) as writers:
            await writers.submit(register("acme"))
            await writers.submit(move("acme", 2))
            for version in range(1, 6):
                card = publish([price("m", "calls", str(version), 1)], key=f"card {version}")
                await writers.submit(card)
                line = use(id=f"line {version}", model="m", quantities={"calls": 1})
                (result,) = await writers.submit(usage([line], org="acme"))
                assert _amount(result) == version * 1_000 * 1_000_000, version
        assert shards_written(empty, "acme")[-5:] == [2] * 5

    asyncio.run(asyncio.wait_for(story(), 120))


def _amount(result: Any) -> int:
    (line,) = result.stored_fact.fact.lines
    return int(line.amount)


def test_a_shard_that_no_writer_was_asked_for_yet_is_served_when_it_is(empty: Endpoints) -> None:
    async def story() -> None:
        async with writing_with(empty, 1) as writers:
            await writers.submit(register("acme"))
            await writers.submit(move("acme", 4))
            await writers.submit(deposit("1", key="first", org="acme"))
        assert shards_written(empty, "acme")[-1] == 4

    asyncio.run(asyncio.wait_for(story(), 120))
