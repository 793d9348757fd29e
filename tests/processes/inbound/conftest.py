"""A service with everything embedded, two orgs in it, and a gateway that sends by NATS."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from adapters.embedded import running_engines
from adapters.nats.address import NatsAddress
from adapters.nats.usage import CONSUMER, STREAM
from api.demo.service import Service, service
from tests.processes.feed.reading import on

_numbers = itertools.count(1)
ANSWERED_S = 20.0


@dataclass(frozen=True)
class Gateway:
    """The service, and its NATS. `keys`: of the gateway of each org."""

    service: Service
    bus: NatsAddress
    keys: dict[str, str]

    def headers(self, org: str) -> dict[str, str]:
        """What names the credential of an org's gateway."""
        return {"Authorization": f"Bearer {self.keys[org]}"}

    def send(
        self, org: str, body: bytes, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Send a message and return the status and the body of its answer."""

        async def work(client: Client) -> tuple[int, dict[str, Any]]:
            place = f"usage.answers.{org}.test-{next(_numbers)}"
            answers = await client.subscribe(place)
            given = self.headers(org) if headers is None else headers
            await client.jetstream().publish(
                f"usage.{org}", body, headers={**given, "Tally-Reply": place}
            )
            answer = await answers.next_msg(ANSWERED_S)
            return int((answer.headers or {})["Tally-Status"]), json.loads(answer.data)

        return on(self.bus, work)

    def is_done(self) -> bool:
        """Whether no message waits, or is handed out."""

        async def work(client: Client) -> bool:
            info = await client.jetstream().stream_info(STREAM)
            reader = await client.jetstream().consumer_info(STREAM, CONSUMER)
            return info.state.messages == 0 and reader.num_ack_pending == 0

        return on(self.bus, work)

    def balance(self, org: str, user: str) -> str:
        """What a user has."""
        answer = self.service.call("GET", f"/v1/billing/balance?user={user}", org=org)
        return str(answer["available"])


def make(running: Service, org: str) -> str:
    """Make an org with some credit; return the key of its gateway."""
    running.call("POST", "/v1/orgs", {"id": org, "name": org})
    deposit = {"user": "ada", "amount": "1000"}
    running.call("POST", "/v1/billing/deposits", deposit, org=org)
    path = f"/v1/orgs/{org}/api-keys"
    return str(running.call("POST", path, {"name": "gateway", "role": "gateway"})["secret"])


def bus_of(data: Path) -> NatsAddress:
    """The NATS of a service with everything embedded, when it takes usage."""
    urls = running_engines(data)
    assert urls is not None
    bus = NatsAddress((str(urls.nats_url),))

    async def wait(client: Client) -> None:
        for _ in range(200):
            try:
                await client.jetstream().consumer_info(STREAM, CONSUMER)
            except NotFoundError:
                await asyncio.sleep(0.05)
            else:
                return
        raise AssertionError("nobody takes usage")

    on(bus, wait)
    return bus


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One for a module; tests use lines and users of their own."""
    data = tmp_path_factory.mktemp("inbound") / "data"
    with service(data, "--no-seal", "--no-jobs") as running:
        keys = {org: make(running, org) for org in ("acme", "other")}
        yield Gateway(running, bus_of(data), keys)
