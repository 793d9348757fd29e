"""The sandbox as an engine: it starts when somebody connects, and a kill takes nothing away."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

from adapters.embedded import Engines, running_engines
from adapters.stripe.account import sandbox_at
from tests.stripe_account import Account, SandboxAccount, listening

KEY: Any = {"idempotency_key": "customer-1"}


def test_the_sandbox_starts_when_it_is_wanted_and_again_when_it_was_killed(tmp_path: Path) -> None:
    with (
        listening() as endpoint,
        Engines(
            tmp_path / "data", postgres=False, clickhouse=False, notify=endpoint.url
        ) as engines,
    ):
        urls = engines.urls()
        assert urls == running_engines(tmp_path / "data")
        given = sandbox_at(str(urls.stripe_url))
        assert given.is_sandbox
        assert _sandboxes(urls.supervisor_pid) == []
        account = Account(given.api_key, given.url)
        first = asyncio.run(_customer(account))
        assert first.encode() in endpoint.next().content
        (pid,) = _sandboxes(urls.supervisor_pid)
        os.kill(pid, signal.SIGKILL)
        assert asyncio.run(_customer(account)) == first
        assert _sandboxes(urls.supervisor_pid) != [pid]


def test_nobody_who_wants_none_has_one(tmp_path: Path) -> None:
    with Engines(tmp_path / "data", postgres=False, clickhouse=False) as engines:
        assert engines.urls().stripe_url is None
        assert not (tmp_path / "data" / "stripe").exists()


async def _customer(account: Account | SandboxAccount) -> str:
    """The customer of one key; a connection that a kill has cut is made again."""
    async with account.sdk() as sdk:
        return (await sdk.v1.customers.create_async({}, KEY)).id


def _sandboxes(supervisor: int) -> list[int]:
    """The pids of the sandbox's process."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    return [
        int(pid)
        for pid in children
        if b"stripe_sandbox" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
