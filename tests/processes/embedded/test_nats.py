"""The embedded NATS: what it acknowledged outlives a kill, and nobody comes in without its
password."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pytest
from nats.aio.client import Client

from adapters.embedded import Engines, EngineUrls
from adapters.nats.address import NatsAddress
from adapters.nats.connection import connect
from adapters.nats.examination import examine_nats
from api.doctor.bus import judge_bus
from api.doctor.check import Verdict
from ledger.kernel.errors import Unavailable

Tree = Callable[[int], set[int]]
Gone = Callable[[set[int]], bool]
T = TypeVar("T")


def address(urls: EngineUrls) -> NatsAddress:
    assert urls.nats_url is not None
    return NatsAddress((urls.nats_url,))


def with_client(at: NatsAddress, work: Callable[[Client], Awaitable[T]]) -> T:
    async def run() -> T:
        client = await connect(at, "test")
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(run())


async def keep(client: Client) -> int:
    await client.jetstream().add_stream(name="KEPT", subjects=["kept"])
    return (await client.jetstream().publish("kept", b"one")).seq


async def count(client: Client) -> int:
    return (await client.jetstream().stream_info("KEPT")).state.messages


async def reconnected(at: NatsAddress) -> Client:
    for _ in range(200):
        try:
            return await connect(at, "test")
        except Unavailable:
            await asyncio.sleep(0.05)
    raise AssertionError("it does not come back")


def test_a_killed_server_comes_back_where_it_was_with_what_it_acknowledged(
    tmp_path: Path, tree: Tree, gone: Gone
) -> None:
    with Engines(tmp_path / "data", postgres=False, clickhouse=False) as engines:
        urls = engines.urls()
        assert with_client(address(urls), keep) == 1
        assert urls.nats_pid is not None
        os.kill(urls.nats_pid, signal.SIGKILL)

        async def count_again() -> int:
            client = await reconnected(address(urls))
            try:
                return await count(client)
            finally:
                await client.close()

        assert asyncio.run(count_again()) == 1
        left = tree(urls.supervisor_pid)
        os.kill(urls.supervisor_pid, signal.SIGKILL)
        assert gone(left)


def test_it_flushes_what_it_acknowledges_and_says_so_to_nobody_else(urls: EngineUrls) -> None:
    found = examine_nats(address(urls))
    assert found.keeps
    assert judge_bus(found).verdict is Verdict.RIGHT
    assert judge_bus(found._replace(payload_max=1 << 20)).verdict is Verdict.LOOK
    assert judge_bus(found._replace(keeps=False)).verdict is Verdict.WRONG
    command = Path(f"/proc/{urls.nats_pid}/cmdline").read_bytes().split(b"\0")
    file = Path(command[command.index(b"--config") + 1].decode())
    assert file.stat().st_mode & 0o077 == 0
    settings = json.loads(file.read_text())
    assert settings["jetstream"]["sync_interval"] == "always"
    assert settings["listen"].startswith("127.0.0.1:")


@pytest.mark.parametrize("login", ["", "tally:guess@"])
def test_nobody_comes_in_without_the_password(urls: EngineUrls, login: str) -> None:
    parts = urlsplit(str(urls.nats_url))
    wrong = NatsAddress((f"nats://{login}{parts.hostname}:{parts.port}",))
    with pytest.raises(Unavailable, match=r"(?i)auth"):
        with_client(wrong, count)


def test_the_next_server_is_tried_where_one_is_gone(urls: EngineUrls) -> None:
    several = NatsAddress(("nats://127.0.0.1:1", str(urls.nats_url)))
    assert with_client(several, _is_connected)


async def _is_connected(client: Client) -> bool:
    return bool(client.is_connected)
