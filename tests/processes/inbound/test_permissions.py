"""`ops/nats/` on a real server: who may publish and read what, an org at a time."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator

import pytest
from nats.aio.client import Client
from nats.errors import NoRespondersError, TimeoutError
from nats.js.api import ConsumerConfig

from adapters.embedded.folder import DataFolder
from adapters.embedded.nats import Nats
from adapters.nats.address import NatsAddress
from adapters.nats.connection import connect
from adapters.nats.feed import NatsFeed
from adapters.nats.usage import NatsUsage
from ledger.kernel.inbox import DeadLetter
from projections.ports import Message
from tests.processes.feed.reading import published
from tests.tidy.tree import ROOT

CONFIGURATION = ROOT / "ops" / "nats"


class Documented(Nats):
    """A server with the documented configuration: another port and folder, passwords, an org."""

    def _configuration(self) -> str:
        users = (CONFIGURATION / "users.conf").read_text("utf-8")
        users = re.sub(r'password: "\$2a[^"]*"', 'password: "secret"', users)
        block = re.findall(r"    \{\n      user: acme-.*?\n    \}\n", users, re.DOTALL)
        other = "".join(block).replace("acme", "other")
        (self._home / "users.conf").write_text(users.replace("  ]\n}", other + "  ]\n}"))
        whole = (CONFIGURATION / "nats.conf").read_text("utf-8")
        whole = whole.replace("0.0.0.0:4222", f"127.0.0.1:{self._port}")
        whole = whole.replace("/data", str(self._home))
        assert "sync_interval: always" in whole
        return f'{whole}\nports_file_dir: "{self._home}"\n'

    def address(self, user: str) -> NatsAddress:
        """Where it is for a user."""
        return NatsAddress((f"nats://{user}:secret@127.0.0.1:{self._port}",))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Documented]:
    folder = DataFolder(tmp_path_factory.mktemp("documented"))
    server = Documented(folder)
    process = server.spawn()
    asyncio.run(ready(server, process))
    yield server
    process.kill()
    process.wait()


async def ready(server: Nats, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server has started."""
    for _ in range(200):
        if server.is_ready(process):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it does not start")


def test_the_ledger_can_do_its_work_and_an_org_what_is_its_own(server: Documented) -> None:
    feed = NatsFeed(server.address("ledger"))
    feed.begin("ledger")
    feed.publish([Message(f"{org}-1", f"ledger.{org}.x.Y", b"{}") for org in ("acme", "other")])
    feed.close()
    assert len(published(server.address("ledger"))) == 2
    asyncio.run(_work(server))


async def _work(server: Documented) -> None:
    inbox = NatsUsage(server.address("ledger"), 4_194_304)
    await inbox.open()
    gateways = {}
    for org in ("acme", "other"):
        gateways[org] = await _connect(server, org, "gateway")
    try:
        await _is_stored(gateways["acme"], "usage.acme")
        for subject in ("usage.other", "ledger.acme.x.Y", "usage.dead.acme", "$JS.API.STREAM.LIST"):
            await _is_refused(gateways["acme"], subject)
        received = await inbox.next()
        assert received is not None
        assert (received.org, received.body) == ("acme", b"{}")
        mine, others = [
            await gateways[org].subscribe("usage.answers.acme.x") for org in ("acme", "other")
        ]
        await inbox.park([DeadLetter("1", "acme", b"{}", "{}")])
        await inbox.answer("usage.answers.acme.x", 200, b"{}")
        await inbox.done(received)
        assert (await mine.next_msg(5)).data == b"{}"
        with pytest.raises(TimeoutError):
            await others.next_msg(0.2)
        await _reads(server, "acme")
    finally:
        for client in gateways.values():
            await client.close()
        await inbox.close()


async def _reads(server: Documented, org: str) -> None:
    """An org reads its own part of the feed by a consumer of its name, and no other's."""
    reader = await _connect(server, org, "reader")
    try:
        jetstream = reader.jetstream()
        own = await jetstream.pull_subscribe(f"ledger.{org}.>", org, "LEDGER")
        (message,) = await own.fetch(1, timeout=5)
        assert message.subject == f"ledger.{org}.x.Y"
        await message.ack_sync()
        for name, subject in (
            (org, "ledger.>"),
            ("other", "ledger.other.>"),
            (org, "ledger.other.>"),
        ):
            config = ConsumerConfig(durable_name=name, filter_subject=subject)
            with pytest.raises((TimeoutError, NoRespondersError)):
                await reader.jetstream(timeout=0.3).add_consumer("LEDGER", config)
        await _is_refused(reader, "usage.acme")
    finally:
        await reader.close()


async def _connect(server: Documented, org: str, kind: str) -> Client:
    address = server.address(f"{org}-{kind}")
    return await connect(address, "test", inbox=f"_INBOX_{org}_{kind}")


async def _is_stored(client: Client, subject: str) -> None:
    assert b"seq" in (await client.request(subject, b"{}", 5)).data


async def _is_refused(client: Client, subject: str) -> None:
    with pytest.raises((TimeoutError, NoRespondersError)):
        await client.request(subject, b"{}", 0.2)
