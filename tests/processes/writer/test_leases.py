"""Writers of two services on one database: whoever holds the lease decides, the other passes on."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing

import psycopg
import pytest

from api.container import Endpoints, event_store, leases
from api.writer.lease import HeldElsewhere, ShardLease
from api.writer.peer_client import PeerAway
from api.writer.peer_listener import PeerListener
from api.writer.records import DRAWN_BYTES, EMPTY_BYTES, Forged, Records
from api.writer.writers import Writers
from ledger.credits.usage import LINES
from ledger.kernel.errors import Unavailable
from ledger.kernel.leases import Peer
from tests.scenarios.commands import deposit, move, register, usage, use
from tests.writer_threads import writers_in_threads, writing

SHARDS = (1, 2)
HERE, ELSEWHERE = "here", "elsewhere"


@pytest.fixture
def empty(new_endpoints: Callable[[], Endpoints]) -> Endpoints:
    return new_endpoints()


@asynccontextmanager
async def service_on(ends: Endpoints, count: int = 1) -> AsyncIterator[Writers]:
    """Writers of a service of its own, and who asks them."""
    with (
        writers_in_threads(writing(ends.database), SHARDS) as sockets,
        closing(event_store(ends.database, "tests")) as store,
    ):

        async def find(org: str) -> int:
            return store.shards_of([org])[org]

        writers = Writers(sockets.ways, find, count)
        await writers.start()
        try:
            yield writers
        finally:
            await writers.close()


def rows(ends: Endpoints, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(ends.database.owner) as connection:
        return connection.execute(query).fetchall()


async def use_times(writers: Writers, org: str, name: str, times: int) -> None:
    """Use, one after the other; every one is done, whoever holds the lease."""
    for count in range(times):
        (result,) = await writers.submit(usage([use("1", id=f"{name}.{count}")], org=org))
        assert not isinstance(result, Exception), result


def recorded(ends: Endpoints) -> int:
    ((count,),) = rows(ends, f"SELECT count(*) FROM tally.keys WHERE space = '{LINES}'")
    assert isinstance(count, int)
    return count


def test_two_services_serve_one_org_at_once_and_nobody_loses_a_race(empty: Endpoints) -> None:
    async def story() -> None:
        async with service_on(empty) as one, service_on(empty) as two:
            await two.submit(register("acme"))
            assert (one.held, two.held) == ({"1": HERE}, {"1": ELSEWHERE})
            await asyncio.gather(
                *(
                    use_times(each, "acme", f"{name}.{client}", 40)
                    for name, each in (("one", one), ("two", two))
                    for client in range(4)
                )
            )
        assert recorded(empty) == 2 * 4 * 40
        assert rows(empty, "SELECT shard, races_lost FROM tally.leases") == [(1, 0)]

    asyncio.run(asyncio.wait_for(story(), 120))


def test_the_next_service_takes_over_when_the_holder_stops_and_no_command_is_refused(
    empty: Endpoints,
) -> None:
    async def story() -> None:
        async with service_on(empty) as two, service_on(empty) as three:
            assert (two.held, three.held) == ({"1": HERE}, {"1": ELSEWHERE})
            await three.submit(register("acme"))
            using = [
                asyncio.create_task(use_times(three, "acme", str(client), 150))
                for client in range(4)
            ]
            await three.submit(deposit("1", key="now", org="acme"))
            stopping = asyncio.create_task(two.close())
            await asyncio.gather(*using, stopping)
        assert recorded(empty) == 4 * 150

    asyncio.run(asyncio.wait_for(story(), 120))


def test_a_newcomer_gets_its_share_under_load_and_no_command_is_refused(empty: Endpoints) -> None:
    async def story() -> None:
        async with service_on(empty, 2) as one:
            for org in ("acme", "globex"):
                await one.submit(register(org))
            await one.submit(move("globex", 2))
            assert one.held == {"1": HERE, "2": HERE}
            async with service_on(empty, 2) as two:
                using = [
                    asyncio.create_task(use_times(each, org, f"{name}", 300))
                    for name, each in (("one", one), ("two", two))
                    for org in ("acme", "globex")
                ]
                await asyncio.gather(*using)
                count = 0
                while sorted(two.held.values()) != [ELSEWHERE, HERE]:
                    count += 1
                    await two.submit(deposit("1", key=f"{count}", org="globex"))
                assert [one.held[str(shard)] != two.held[str(shard)] for shard in SHARDS] == [
                    True,
                    True,
                ]
        assert recorded(empty) == 2 * 2 * 300

    asyncio.run(asyncio.wait_for(story(), 120))


# -- who is let in -----------------------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[PeerListener]:
    made = PeerListener()
    yield made
    made.close()


def enter(peer: Peer, token: bytes) -> tuple[socket.socket, Records]:
    """Come in, with a token."""
    connection = socket.create_connection(peer[:2], timeout=10)
    drawn, ours = connection.recv(DRAWN_BYTES, socket.MSG_WAITALL), os.urandom(DRAWN_BYTES)
    records = Records(token, ours, drawn, is_writer=False)
    connection.sendall(ours + records.seal(b""))
    return connection, records


def test_only_who_knows_the_token_is_let_in(listener: PeerListener) -> None:
    peer = listener.listen("127.0.0.1")
    stranger, _ = enter(peer, b"x" * 32)
    with stranger:
        assert stranger.recv(1) == b""  # without a word
    assert listener.arrived() == []
    silent = socket.create_connection(peer[:2], timeout=10)
    with silent:
        silent.recv(DRAWN_BYTES)
        assert silent.recv(1) == b""  # who shows nothing waits for nobody


def test_what_is_changed_left_out_or_sent_again_on_the_way_is_not_read() -> None:
    def ends() -> tuple[Records, Records]:
        drawn = b"a" * DRAWN_BYTES, b"w" * DRAWN_BYTES
        asker, writer = (Records(b"t" * 32, *drawn, is_writer=each) for each in (False, True))
        return asker, writer

    asker, writer = ends()
    assert len(asker.seal(b"")) == EMPTY_BYTES
    asker, writer = ends()
    first, second = asker.seal(b"first"), asker.seal(b"second" * 400_000)
    assert b"".join(writer.open(bytes([each])) for each in first) == b"first"
    assert writer.open(second) == b"second" * 400_000
    assert asker.open(writer.seal(b"answer")) == b"answer"
    for forged in (first, second, first[:-1] + b"?"):
        asker, writer = ends()
        asker.seal(b"other")
        if forged is first:
            writer.open(first)  # and once more
        with pytest.raises(Forged):
            writer.open(forged)
    _, writer = ends()
    with pytest.raises(Forged):
        writer.open(writer.seal(b"what it said itself"))


def test_a_writer_that_cannot_be_reached_is_said_so_and_nothing_is_recorded(
    empty: Endpoints,
) -> None:
    """It renews its lease, and its port is closed between the machines."""

    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            away = Peer("127.0.0.1", nobody.getsockname()[1], b"t" * 32)
        lease = ShardLease(1, leases(empty.database, 1, "away"), lambda _: away)
        lease.start(lambda: None)
        try:
            async with service_on(empty) as writers:
                with pytest.raises(Unavailable) as refused:
                    await writers.submit(register("acme"))
                assert isinstance(refused.value, (HeldElsewhere, PeerAway))
                assert rows(empty, "SELECT FROM tally.events") == []
                lease.close()
                await writers.submit(register("acme"))
                assert writers.held == {"1": HERE}
        finally:
            lease.close()

    asyncio.run(asyncio.wait_for(story(), 120))
