"""Testing: a ledger of your own for your tests, real and empty.

In `conftest.py`, with `tallystick[embedded]` installed:

    pytest_plugins = ["tallystick.testing"]

Then a test takes `ledger`, an admin's client of an org that no other test has, or `ledger_service`
for more: keys of other roles, the URL for the program under test. One service runs for the whole
session, on engines in a temporary folder, or on those that `TALLY_DATABASE_URL` and
`TALLY_CLICKHOUSE_URL` name. Without pytest, `running_ledger` is the same as a context.
"""

from __future__ import annotations

import itertools
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

from tallystick.client import Client
from tallystick.problem import TallystickError
from tallystick.retries import Retries

Role = Literal["admin", "billing", "gateway", "auditor", "member"]
START_S = 120.0
STOP_S = 30.0


class RunningLedger:
    """A ledger that runs, and its operator."""

    def __init__(self, url: str, operator_key: str) -> None:
        self.url = url
        self.operator_key = operator_key
        self.operator = Client(url, operator_key)
        self._numbers = itertools.count(1)

    def new_org(self) -> str:
        """Register an org that nobody else uses, and return its id."""
        name = f"test-{next(self._numbers)}-{secrets.token_hex(4)}"
        return self.operator.register_org(id=name, name=name).id

    def new_key(self, org: str, role: Role = "admin", subject: str | None = None) -> str:
        """Return the secret of a new key of an org."""
        issued = self.operator.issue_api_key(org, name=role, role=role, subject=subject)
        assert issued.secret is not None
        return issued.secret


@contextmanager
def running_ledger(
    data: Path, *, environment: Mapping[str, str] | None = None
) -> Iterator[RunningLedger]:
    """Start `tally serve` on a free port with its data in a folder, and stop it in the end."""
    key, port = secrets.token_urlsafe(32), _free_port()
    tally = Path(sys.executable).with_name("tally")
    words = [str(tally), "serve", "--port", str(port), "--data", str(data)]
    data.mkdir(parents=True, exist_ok=True)
    log = data / "service.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {}), "TALLY_OPERATOR_KEY": key},
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, key, process, log)
        running = RunningLedger(url, key)
        try:
            yield running
        finally:
            running.operator.close()
    finally:
        _stop(process)


@pytest.fixture(scope="session")
def ledger_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLedger]:
    """A ledger for all tests of this session."""
    with running_ledger(tmp_path_factory.mktemp("ledger")) as running:
        yield running


@pytest.fixture
def ledger(ledger_service: RunningLedger) -> Iterator[Client]:
    """A client of an admin of an org of the test's own."""
    key = ledger_service.new_key(ledger_service.new_org())
    with Client(ledger_service.url, key) as client:
        yield client


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, key: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait, as long as the service lives; raise with the end of its log when it does not start."""
    deadline = time.monotonic() + START_S
    with Client(url, key, retries=Retries(deadline_s=1, silence_s=1)) as client:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                client.readyz()
            except TallystickError:
                continue
            return
    raise RuntimeError(f"the ledger did not start:\n{log.read_text('utf-8')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
