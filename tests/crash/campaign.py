"""`kill -9` in the middle of load: of the service, of its writer, and of PostgreSQL.

Clients post debits and send every one again, same id, until it is acknowledged. Afterwards each
acknowledged debit must be in the ledger exactly once, nothing else may be, what counts over a month
must be counted once, and `tally verify` must find nothing wrong.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import psutil

from adapters.embedded import Engines, EngineUrls
from api.demo.service import Service, ServiceError, client, free_port, wait_until_ready
from ledger.kernel.money import CREDIT, parse_amount

Report = Callable[[str], None]
UsageLine = dict[str, Any]

VICTIMS = ("service", "writer", "postgres")
WORKER = "worker"
"""A victim, too, where there are several."""

CLIENTS = 16
USERS = 25
KILL_EVERY_S = (0.15, 0.6)
READY_S = 60.0
OPERATOR_KEY = "operator-key-of-the-crash-campaign-0001"


@dataclass
class Outcome:
    """What a campaign saw."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    """Debit id → its amount in microcredits."""
    counted: int = 0
    """Units of them that count over their month."""
    unanswered: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    moves: int = 0


class Campaign:
    """Engines that come back by themselves, and a service that is started again after each kill."""

    def __init__(self, folder: Path, seed: int, *, writers: int = 1, workers: int = 1) -> None:
        self.writers = writers
        self.workers = workers
        self.orgs = [f"storm-{number}" for number in range(1, writers + 1)]
        """One for each writer, and moved from one to another while there are several."""

        self.folder = folder
        self.data = str(folder / "keys")
        self.draw = random.Random(seed)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.outcome = Outcome()
        self.stopping = False
        self.engines = Engines(folder)

    def run(self, kills: int, report: Report) -> Outcome:
        """Kill each victim so often under load, then let the clients finish."""
        with self.engines:
            urls = self.engines.urls()
            self.process = self._start_service(urls)
            try:
                keys = self._set_up()
                asyncio.run(self._storm(keys, kills, report))
                with self._service() as service:
                    for org in self.orgs:
                        service.wait_until_sealed(org)
                self._verify(urls)
            finally:
                self.process.kill()
                self.process.wait()
        return self.outcome

    async def _storm(self, keys: list[str], kills: int, report: Report) -> None:
        victims = [*VICTIMS, *([WORKER] if self.workers > 1 else [])] * kills
        self.draw.shuffle(victims)
        clients = [
            asyncio.create_task(self._client(keys[name % len(keys)], name))
            for name in range(CLIENTS)
        ]
        for place, victim in enumerate(victims, 1):
            await asyncio.sleep(self.draw.uniform(*KILL_EVERY_S))
            if self.writers > 1:
                await asyncio.to_thread(self._move_one)
            await asyncio.to_thread(self._kill, victim)
            report(
                f"{place} of {len(victims)}: kill -9 {victim}; "
                f"{len(self.outcome.acknowledged):,} debits acknowledged"
            )
        await asyncio.sleep(KILL_EVERY_S[1])
        self.stopping = True
        await asyncio.gather(*clients)

    def _kill(self, victim: str) -> None:
        self.outcome.kills[victim] = self.outcome.kills.get(victim, 0) + 1
        if victim == "service":
            self.process.kill()
            self.process.wait()
            self.process = self._start_service(self.engines.urls())
            self._wait_until_ready()
        elif victim in ("writer", WORKER):
            module = f"api.{victim}"
            children = psutil.Process(self.process.pid).children()
            self.draw.choice([each for each in children if module in each.cmdline()]).kill()
        else:
            pid = self.engines.urls().postgres_pid
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                self._wait_until_back(pid)

    def _start_service(self, urls: EngineUrls) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "TALLY_DATABASE_URL": str(urls.database_url),
            "TALLY_CLICKHOUSE_URL": str(urls.clickhouse_url),
            "TALLY_OPERATOR_KEY": OPERATOR_KEY,
        }
        with (self.folder / "service.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "api.cli.main", "serve", "--port", str(self.port),
                 "--data", self.data, "--writers", str(self.writers),
                 "--workers", str(self.workers)],
                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        return process

    def _set_up(self) -> list[str]:
        """Make the orgs; return the key of each one's gateway."""
        self._wait_until_ready()
        with self._service() as service:
            return [self._make(service, org, shard) for shard, org in enumerate(self.orgs, 1)]

    def _make(self, service: Service, org: str, shard: int) -> str:
        service.call("POST", "/v1/orgs", {"id": org, "name": "Storm", "shard": shard})
        for user in range(USERS):
            body: dict[str, object] = {"user": f"u{user}", "amount": 1}
            service.call("POST", "/v1/billing/deposits", body, org=org)
        tiers = [{"up_to": 1_000, "price": "0.0000007"}, {"price": "0.0000003"}]
        price = {"model": "m", "meter": "calls", "per": 1, "mode": "graduated", "tiers": tiers}
        price |= {"tier_scope": "month", "tier_over": "org"}
        service.call("PUT", "/v1/billing/rate-cards", {"prices": [price]}, org=org)
        body = {"name": "gateway", "role": "gateway"}
        return str(service.call("POST", f"/v1/orgs/{org}/api-keys", body)["secret"])

    def _move_one(self) -> None:
        """Have an org live in another shard, unless a process is just being started again."""
        org, shard = self.draw.choice(self.orgs), self.draw.randint(1, self.writers)
        with self._service() as service, suppress(ServiceError, httpx.HTTPError):
            service.call("POST", f"/v1/orgs/{org}/move", {"shard": shard})
            self.outcome.moves += 1

    @contextmanager
    def _service(self) -> Iterator[Service]:
        with client() as http:
            yield Service(self.url, OPERATOR_KEY, http)

    async def _client(self, key: str, name: int) -> None:
        """Post debits one after the other, each until it is acknowledged."""
        headers = {"Authorization": f"Bearer {key}"}
        timeout = aiohttp.ClientTimeout(total=20)
        async with aiohttp.ClientSession(self.url, headers=headers, timeout=timeout) as session:
            count = 0
            while not self.stopping:
                count += 1
                line: UsageLine = {
                    "id": f"{name}.{count}",
                    "user": f"u{self.draw.randrange(USERS)}",
                }
                if count % 3:
                    line["amount"] = f"0.{self.draw.randrange(1, 1_000_000):06}"
                else:
                    line |= {"model": "m", "quantities": {"calls": self.draw.randrange(1, 9)}}
                answer = await self._until_acknowledged(session, line)
                amount = parse_amount(answer["amount"].removeprefix("-"), CREDIT, "amount")
                assert "amount" not in line or answer["amount"] == f"-{line['amount']}".rstrip("0")
                self.outcome.acknowledged[f"{name}.{count}"] = amount
                self.outcome.counted += sum(line.get("quantities", {}).values())

    async def _until_acknowledged(
        self, session: aiohttp.ClientSession, line: UsageLine
    ) -> UsageLine:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            try:
                async with session.post("/v1/billing/usage", json=line) as response:
                    if response.status == 201:
                        answer: UsageLine = await response.json()
                        return answer
                    assert response.status == 503, await response.text()
            except (aiohttp.ClientError, TimeoutError):
                self.outcome.unanswered += 1
            await asyncio.sleep(0.02)
        raise AssertionError(f"{line['id']} was not acknowledged within {READY_S} s")

    def _wait_until_ready(self) -> None:
        wait_until_ready(self.url, self.process, self.folder / "service.log")

    def _wait_until_back(self, dead: int) -> None:
        deadline = time.monotonic() + READY_S
        while self.engines.urls().postgres_pid in (dead, None):
            assert time.monotonic() < deadline, "PostgreSQL did not come back"
            time.sleep(0.05)

    def _verify(self, urls: EngineUrls) -> None:
        environment = {
            **os.environ,
            "TALLY_DATABASE_URL": str(urls.database_url),
            "TALLY_CLICKHOUSE_URL": str(urls.clickhouse_url),
        }
        done = subprocess.run(
            [sys.executable, "-m", "api.cli.main", "verify", "--data", self.data],
            env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        self._compare(str(urls.database_url))

    def _compare(self, url: str) -> None:
        """Every acknowledged debit once, with its amount; and nothing that was not acknowledged."""
        import psycopg  # noqa: PLC0415  # only here

        with psycopg.connect(url) as connection:
            rows = connection.execute(
                "SELECT line ->> 'id', (line ->> 'amount')::bigint FROM tally.events, "
                "jsonb_array_elements(convert_from(body, 'UTF8')::jsonb -> 'lines') line "
                "WHERE type = 'credits.UsageRecorded'"
            ).fetchall()
            ((counted,),) = connection.execute(
                "SELECT coalesce(sum(used), 0) FROM tally.meter_counters"
            ).fetchall()
        assert counted == self.outcome.counted, "a month was not counted once"
        assert len(rows) == len(self.outcome.acknowledged), "a debit was lost or doubled"
        assert dict(rows) == self.outcome.acknowledged
