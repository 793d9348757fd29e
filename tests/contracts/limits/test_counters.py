"""Counters: every kind counts alike, and however many ask at once, no limit is passed.

In memory, by way of the supervisor, in a Valkey of the tests' own; and in the Redis or Valkey that
TALLY_TEST_REDIS_URL names, if it names one.
"""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from valkey import Valkey

from adapters.limit_store import LimitStore
from api.container import limit_store
from api.http.errors import RateLimited
from api.http.limits.counters import Counters, MemoryCounters, SharedCounters
from api.http.limits.limiter import Demand, Limiter
from api.limits import LIMITS, USAGE_LINES, Limit, configured
from api.settings import SettingRefused, Settings
from api.supervision.relay import Relay
from api.worker.siblings import SupervisorLine
from tests.contracts.limits.valkey import valkey

PROCESSES, TWINS = 3, 64
PATIENCE_S = 60.0
"""Longer than a request would wait, which on a busy machine counts by itself instead."""

KINDS = ("memory", "supervisor", "valkey", "TALLY_TEST_REDIS_URL")


@pytest.fixture(scope="module")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """One of memory and supervisor, or the URL of a store."""
    if request.param == "valkey":
        url: str = request.getfixturevalue("valkey_url")
        return url
    if request.param == "TALLY_TEST_REDIS_URL":
        if request.param not in os.environ:
            pytest.skip("TALLY_TEST_REDIS_URL names no server")
        return os.environ[request.param]
    return str(request.param)


@asynccontextmanager
async def counters_of(kind: str) -> AsyncIterator[list[Counters]]:
    """What several processes count with, together."""
    if kind == "memory":
        yield [MemoryCounters()] * PROCESSES
    elif kind == "supervisor":
        relay, lines = Relay(), [SupervisorLine(PATIENCE_S) for _ in range(PROCESSES)]
        lost = asyncio.Semaphore(0)
        pairs = [socket.socketpair() for _ in lines]
        for number, (line, (ours, theirs)) in enumerate(zip(lines, pairs, strict=True)):
            await relay.open(number, ours)
            await line.open(theirs, lost.release)
        yield [*lines]
        for ours, _ in pairs:
            ours.shutdown(socket.SHUT_RDWR)
            await lost.acquire()
    else:
        stores = [limit_store(kind) for _ in range(PROCESSES)]
        yield [*stores]
        for store in stores:
            await store.close()


def a_key() -> str:
    return f"test/{uuid.uuid4()}"


def test_numbers_are_added_to_by_all_and_apart_by_key(kind: str) -> None:
    async def scene() -> None:
        async with counters_of(kind) as (first, second, third):
            one, other = a_key(), a_key()
            assert await first.incr(one, 60, 1) == 1
            assert await second.incr(one, 60, 5) == 6
            assert await third.incr(other, 60, 700) == 700
            assert await third.incr(one, 60, 1) == 7

    asyncio.run(scene())


def test_those_who_ask_at_once_are_told_different_numbers(kind: str) -> None:
    async def scene() -> None:
        async with counters_of(kind) as all_counters:
            key = a_key()
            asked = [each.incr(key, 60, 1) for each in all_counters for _ in range(TWINS)]
            assert sorted(await asyncio.gather(*asked)) == [*range(1, PROCESSES * TWINS + 1)]

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("limit", "amount", "cost"),
    [(LIMITS["balance"], 60, 1), (USAGE_LINES, 10_000, 100), (LIMITS["transactions"], 1, 1)],
)
def test_twins_in_several_processes_never_pass_a_limit(
    kind: str, limit: Limit, amount: int, cost: int
) -> None:
    """By a clock that stands still, so that all of it is one window."""
    demand: Demand = (limit, "acme", a_key())

    async def passes(limiter: Limiter) -> int:
        try:
            await limiter.spend([demand], cost)
        except RateLimited:
            return 0
        return cost

    async def scene() -> int:
        async with counters_of(kind) as all_counters:
            amount_of = configured({demand[0].name: amount})
            limiters = [
                Limiter(each, amount_of, lambda _: None, lambda: 0.0, 7.0) for each in all_counters
            ]
            asked = [passes(limiter) for _ in range(TWINS) for limiter in limiters]
            return sum(await asyncio.gather(*asked))

    passed = asyncio.run(scene())
    assert passed <= amount
    assert passed == amount or (cost > 1 and passed > amount - PROCESSES * amount // 64 - cost)


def test_a_store_keeps_no_key_for_ever(valkey_url: str) -> None:
    key = a_key()

    async def scene() -> None:
        async with counters_of(valkey_url) as stores:
            for each in stores:
                await each.incr(key, 120, 1)

    asyncio.run(scene())
    with Valkey(unix_socket_path=valkey_url.removeprefix("valkey+unix://")) as client:
        assert client.get(f"tally:{key}") == b"3"
        assert 100 < client.ttl(f"tally:{key}") <= 120


def test_a_store_that_is_not_there_is_an_error_of_the_network(valkey_url: str) -> None:
    async def scene() -> int:
        counters = SharedCounters(LimitStore(f"{valkey_url}-gone"), MemoryCounters())
        try:
            return await counters.incr(a_key(), 60, 3)
        finally:
            await counters.close()

    assert asyncio.run(scene()) == 3


@pytest.mark.parametrize(
    "url",
    [
        *("valkey://127.0.0.1:6379", "valkeys://u:p@store:6379/3", "redis://[::1]:6379/0"),
        *("rediss://store:6380", "valkey+unix:///run/valkey", "redis+unix:///run/redis"),
    ],
)
def test_the_urls_of_stores(url: str) -> None:
    limit_store(str(Settings(limits_url=url).limits_url))


@pytest.mark.parametrize(
    "url",
    [
        "http://store",
        "valkey://",
        "valkey://store",
        "valkey://store/name",
        "redis",
        "memcached://store:11211",
    ],
)
def test_what_cannot_be_a_store_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(SettingRefused, match="TALLY_LIMITS_URL must be valkey://"):
        Settings(limits_url=url)
