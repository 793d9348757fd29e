"""Load: clients that post, each request again with the same id until it is acknowledged, and what
they were told."""

from __future__ import annotations

import asyncio
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from adapters.nats.address import NatsAddress
from api.writer.sequencer import AHEAD_MIN
from ledger.kernel.money import CREDIT, parse_amount
from tests.faults.gateway import Gateway
from tests.faults.world import World

Json = dict[str, Any]

CLIENTS = 8
USERS = 12
BATCH = AHEAD_MIN + 1
"""Lines of a batch: so many are committed while the next are decided."""

CREDIT_EACH = 1_000_000
ACKNOWLEDGED_S = 90.0
AGAIN_S = 0.05
PAUSE_S = 0.01
"""Between two commands of a client: what is under test needs the processors, too."""

ERRORS = Path(__file__).parents[2] / "docs" / "errors.md"
SEND_AGAIN = {
    code: int(status)
    for code, status, again in re.findall(
        r"^\| `([a-z_]+)` \| ([0-9]{3}) \|.*\| ([^|]+) \|$", ERRORS.read_text("utf-8"), re.M
    )
    if status in ("429", "503") and not again.startswith("no")
}
"""The documented problems after which the same may be sent again, and their status."""


@dataclass(frozen=True)
class Request:
    """A command as it is sent, however often."""

    org: str
    path: str
    body: bytes
    key: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        once = {} if self.key is None else {"Idempotency-Key": self.key}
        return {"Content-Type": "application/json", **once}


@dataclass
class Told:
    """What the clients were told, and so what must be stored."""

    answers: dict[Request, bytes] = field(default_factory=dict)
    given: Counter[tuple[str, str]] = field(default_factory=Counter)
    spent: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Microcredits by org and user."""

    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    """Microcredits by org and the id of the line."""

    holds: dict[tuple[str, str], str] = field(default_factory=dict)
    """How each hold has ended."""

    counted: int = 0
    """Units that count over their month."""

    statuses: Counter[str] = field(default_factory=Counter)
    """How often each status and code was answered."""

    unanswered: int = 0
    wrong: list[str] = field(default_factory=list)
    """Answers that there may not be."""


class Load:
    """Clients in a thread beside the campaign. `twins`: how often each request is sent at once.
    `by_nats`: gateways that send by NATS, beside those that post. `batch`: lines of one."""

    def __init__(
        self,
        world: World,
        orgs: list[str],
        seed: int,
        *,
        by_nats: int = 0,
        pause_s: float = PAUSE_S,
        batch: int = BATCH,
    ) -> None:
        self.world = world
        self.orgs = orgs
        self.told = Told()
        self.urls = [world.url]
        """Services; each try goes to any of them."""

        self.twins = 1
        self.messages = 0
        """Sent by NATS, however often each batch."""

        self._by_nats = by_nats
        self._pause_s = pause_s
        self._batch_lines = batch
        self._draw = random.Random(seed)
        self._keys: dict[str, str] = {}
        self._stopping = False
        self._failures: list[BaseException] = []
        self._last_ack = 0.0
        self._names = iter(range(1_000_000))

    def set_up(self) -> None:
        """Make the orgs, one in each shard, their prices, and the credit of their users."""
        with self.world.operator() as service:
            for shard, org in enumerate(self.orgs, 1):
                service.call("POST", "/v1/orgs", {"id": org, "name": "Storm", "shard": shard})
                for user in _users():
                    self.give(org, user, CREDIT_EACH)
                tiers = [{"up_to": 1_000, "price": "0.0000007"}, {"price": "0.0000003"}]
                price = {"model": "m", "meter": "calls", "per": 1, "mode": "graduated"}
                price |= {"tiers": tiers, "tier_scope": "month", "tier_over": "org"}
                service.call("PUT", "/v1/billing/rate-cards", {"prices": [price]}, org=org)
                body: Json = {"name": "gateway", "role": "gateway"}
                issued = service.call("POST", f"/v1/orgs/{org}/api-keys", body)
                self._keys[org] = str(issued["secret"])

    def give(self, org: str, user: str, credit: int) -> None:
        """Have a user have credit."""
        with self.world.operator() as service:
            body: Json = {"user": user, "amount": credit}
            service.call("POST", "/v1/billing/deposits", body, org=org)
        self.told.given[org, user] += credit * 10**6

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have the clients post meanwhile; afterwards all that they had begun is acknowledged."""
        self._stopping = False
        self._failures.clear()

        def run() -> None:
            try:
                asyncio.run(self._all())
            except BaseException as error:
                self._failures.append(error)

        thread = threading.Thread(target=run, name="load")
        thread.start()
        try:
            yield
        finally:
            self._stopping = True
            thread.join(ACKNOWLEDGED_S + 30)
        assert not thread.is_alive(), "a client was never answered"
        self.require_running()

    def require_running(self) -> None:
        """Raise what a client has failed with, if one has."""
        if self._failures:
            raise self._failures[0]

    def acknowledged(self, after: float, within_s: float) -> float:
        """Return how many seconds passed from a moment until something sent later was stored."""
        while self._last_ack <= after:
            assert time.monotonic() < after + within_s, f"nothing was stored within {within_s} s"
            time.sleep(0.005)
        return self._last_ack - after

    # -- the clients --------------------------------------------------------------------------

    async def _all(self) -> None:
        names = [(next(self._names), place) for place in range(CLIENTS)]
        timeout = aiohttp.ClientTimeout(total=20)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            posting = [self._client(session, *each) for each in names]
            sending = [self._gateway(next(self._names), place) for place in range(self._by_nats)]
            await asyncio.gather(*posting, *sending)

    async def _gateway(self, name: int, place: int) -> None:
        org = self.orgs[place % len(self.orgs)]
        bus = NatsAddress((str(self.world.urls().nats_url),))
        gateway = Gateway(bus, org, self.authorized(org)["Authorization"])
        count = 0
        while not self._stopping:
            count += 1
            user = self._draw.choice(_users()[CLIENTS:])
            items = self._items(f"n{name}.{count}", user, 3)
            body = json.dumps({"mode": "independent", "items": items}).encode()
            status, answer = await gateway.until_answered(body)
            for item, result in zip(items, answer.get("results", ()), strict=status == 200):
                if result["status"] not in (200, 201):
                    self.told.wrong.append(f"{item}: {result}")
                else:
                    self.note_line(org, user, item["id"], result["transaction"])
            if status != 200:
                self.told.wrong.append(f"{body!r}: {status} {answer}")
            await asyncio.sleep(self._pause_s)
        self.messages += gateway.sent
        await gateway.close()

    async def _client(self, session: aiohttp.ClientSession, name: int, place: int) -> None:
        org = self.orgs[place % len(self.orgs)]
        count = 0
        while not self._stopping:
            count += 1
            what = f"{name}.{count}"
            user = self._draw.choice(_users()[CLIENTS:])
            match count % 5:
                case 0:
                    await self._hold(session, org, user, what)
                case 1:
                    await self._own(session, org, f"own{place}", what)
                case 2:
                    await self._batch(session, org, user, what)
                case 3:
                    calls = self._draw.randrange(1, 9)
                    body = {"id": what, "user": user, "model": "m", "quantities": {"calls": calls}}
                    await self._line(session, org, body)
                    self.told.counted += calls
                case _:
                    body = {"id": what, "user": user, "amount": self._amount()}
                    await self._line(session, org, body)
            await asyncio.sleep(self._pause_s)

    async def _line(self, session: aiohttp.ClientSession, org: str, body: Json) -> None:
        answer = await self._command(session, org, "/v1/billing/usage", body)
        self.note_line(org, body["user"], body["id"], answer)

    async def _batch(self, session: aiohttp.ClientSession, org: str, user: str, name: str) -> None:
        items = self._items(name, user, self._batch_lines)
        body = {"mode": "atomic", "items": items}
        answer = await self._command(session, org, "/v1/billing/usage/batch", body)
        for item, result in zip(items, answer["results"], strict=True):
            self.note_line(org, user, item["id"], result["transaction"])

    async def _hold(self, session: aiohttp.ClientSession, org: str, user: str, name: str) -> None:
        """Set aside, then capture or give back."""
        body = {"user": user, "amount": "2", "expires_in": 86_400}
        hold = await self._command(session, org, "/v1/billing/holds", body, key=name)
        path = f"/v1/billing/holds/{hold['id']}"
        if self._draw.random() < 0.5:
            await self._command(session, org, f"{path}/release", None, key=f"{name} end")
            self.told.holds[org, hold["id"]] = "released"
            return
        body = {"amount": self._amount()}
        ended = await self._command(session, org, f"{path}/capture", body, key=f"{name} end")
        self.told.holds[org, hold["id"]] = "captured"
        self.note_line(org, user, ended["transaction"]["usage"]["id"], ended["transaction"])

    async def _own(self, session: aiohttp.ClientSession, org: str, user: str, name: str) -> None:
        """Spend what nobody else does, and read what is left: exactly that, or a problem."""
        await self._line(session, org, {"id": name, "user": user, "amount": self._amount()})
        left = self.told.given[org, user] - self.told.spent[org, user]
        with suppress(aiohttp.ClientError, TimeoutError):
            answer = await self._read(session, org, f"/v1/billing/balance?user={user}")
            if answer is not None and _microcredits(answer["available"]) != left:
                self.told.wrong.append(f"{user} was told {answer['available']} of {left}")

    def _items(self, name: str, user: str, count: int) -> list[Json]:
        return [
            {"id": f"{name}.{place}", "user": user, "amount": self._amount()}
            for place in range(count)
        ]

    def _amount(self) -> str:
        return f"0.{self._draw.randrange(1, 1_000_000):06}"

    def note_line(self, org: str, user: str, line: str, answer: Json) -> None:
        amount = -_microcredits(answer["amount"])
        self.told.lines[org, line] = amount
        self.told.spent[org, user] += amount

    # -- one request --------------------------------------------------------------------------

    async def _command(
        self,
        session: aiohttp.ClientSession,
        org: str,
        path: str,
        body: Json | None,
        key: str | None = None,
    ) -> Json:
        content = b"" if body is None else json.dumps(body).encode()
        request = Request(org, path, content, key)
        tries: list[Awaitable[bytes]] = [
            self.until_acknowledged(session, request) for _ in range(self.twins)
        ]
        answers = await asyncio.gather(*tries)
        if any(each != answers[0] for each in answers):
            self.told.wrong.append(f"{request} was answered {answers}")
        self.told.answers[request] = answers[0]
        answer: Json = json.loads(answers[0])
        return answer

    async def until_acknowledged(self, session: aiohttp.ClientSession, request: Request) -> bytes:
        """Return the answer to a request that is sent again after each documented problem."""
        deadline = time.monotonic() + ACKNOWLEDGED_S
        while time.monotonic() < deadline:
            sent_at = time.monotonic()
            try:
                if (answer := await self.send(session, request)) is not None:
                    self._last_ack = max(self._last_ack, sent_at)
                    return answer
            except (aiohttp.ClientError, TimeoutError):
                self.told.unanswered += 1
            await asyncio.sleep(AGAIN_S)
        raise AssertionError(f"{request} was not acknowledged within {ACKNOWLEDGED_S} s")

    async def send(self, session: aiohttp.ClientSession, request: Request) -> bytes | None:
        """Return the answer of a command, or None after a problem that may be sent again."""
        headers = self.authorized(request.org) | request.headers
        url = self._url(request.path)
        async with session.post(url, data=request.body, headers=headers) as response:
            return await self._taken(response, str(request))

    async def _read(self, session: aiohttp.ClientSession, org: str, path: str) -> Json | None:
        async with session.get(self._url(path), headers=self.authorized(org)) as response:
            answer = await self._taken(response, path)
            return None if answer is None else dict(json.loads(answer))

    async def _taken(self, response: aiohttp.ClientResponse, asked: str) -> bytes | None:
        answer = await response.read()
        code = json.loads(answer)["code"] if response.status >= 400 else ""
        self.told.statuses[f"{response.status} {code}".strip()] += 1
        if response.status < 300:
            return answer.replace(b'"replayed":true', b'"replayed":false')
        if SEND_AGAIN.get(code) != response.status or "Retry-After" not in response.headers:
            self.told.wrong.append(f"{asked}: {response.status} {answer!r}")
        return None

    def _url(self, path: str) -> str:
        return self._draw.choice(self.urls) + path

    def authorized(self, org: str) -> dict[str, str]:
        """Return the credential of an org's gateway."""
        return {"Authorization": f"Bearer {self._keys[org]}"}


def _users() -> list[str]:
    """Return those who are one client's own, then those whom all share."""
    own = [f"own{place}" for place in range(CLIENTS)]
    return own + [f"u{number}" for number in range(USERS)]


def _microcredits(amount: str) -> int:
    sign = -1 if amount.startswith("-") else 1
    return sign * parse_amount(amount.removeprefix("-"), CREDIT, "amount")
