"""A database that does not answer: every request has an end, and what was asked is done once."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from adapters.embedded import Engines, EngineUrls
from adapters.postgres.logins import log_in
from adapters.postgres.migrations import migrate
from api.container import Endpoints
from tests.api.problems import problem
from tests.api.served import Api, Served, done, served

Ask = Callable[[], httpx.Response]
REQUEST_S, READY_S = 1.5, 0.5
SLACK_S = 3.0
"""What a busy machine may take on top. Without an end the requests would take for ever."""


@contextmanager
def frozen(urls: EngineUrls) -> Iterator[None]:
    """PostgreSQL, and all its processes, do nothing."""
    assert urls.postgres_pid is not None
    server = psutil.Process(urls.postgres_pid)
    server.send_signal(signal.SIGSTOP)
    processes = [server, *server.children()]
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):  # its connection was given up meanwhile
                process.send_signal(signal.SIGCONT)


@pytest.fixture
def running(tmp_path: Path, engines: EngineUrls) -> Iterator[tuple[Served, EngineUrls]]:
    """A service whose requests have less time, over a PostgreSQL of its own."""
    with Engines(tmp_path / "data", clickhouse=False) as own:
        urls = own.urls()
        assert urls.database_url is not None
        migrate(urls.database_url)
        ends = Endpoints(log_in(urls.database_url), str(engines.clickhouse_url))
        with served(ends, read_models=False, request_s=REQUEST_S, ready_s=READY_S) as service:
            yield service, urls


def test_every_request_has_an_end_and_happens_once(running: tuple[Served, EngineUrls]) -> None:
    service, urls = running
    admin = service.new_admin()
    admin.deposit("ada", "100")
    before = service.events(admin.org)
    line = {"id": "frozen", "user": "ada", "amount": "10"}
    place = {"user": "ada", "amount": "5", "reference": "frozen"}

    def debit() -> httpx.Response:
        return admin.send("/v1/billing/usage", line, key=None)

    def hold() -> httpx.Response:
        return admin.send("/v1/billing/holds", place, key="frozen hold")

    asked = [debit, hold, debit, *reads(admin)]
    with frozen(urls), ThreadPoolExecutor(len(asked)) as pool:
        began = time.monotonic()
        waiting = [pool.submit(each) for each in asked]
        assert service.http.get("/healthz").status_code == 200
        problem(service.http.get("/readyz"), 503, "unavailable", None)
        assert time.monotonic() - began < READY_S + SLACK_S
        for each in waiting:
            problem(each.result(), 503, "unavailable", None)
        assert time.monotonic() - began < REQUEST_S + SLACK_S
    answer = until(debit)
    assert done(answer)["amount"] == "-10"
    done(until(hold))
    balance = done(until(reads(admin)[0]))
    assert (balance["available"], balance["held"]) == ("85", "5")
    assert until(lambda: service.http.get("/readyz")).status_code == 200
    assert service.events(admin.org) == before + 2


def until(ask: Ask) -> httpx.Response:
    """The answer once the service has its connections again, which it makes anew."""
    deadline = time.monotonic() + 90
    while True:
        answer = ask()
        if answer.status_code != 503:
            return answer
        assert time.monotonic() < deadline, answer.text


def reads(admin: Api) -> list[Ask]:
    """Questions of each kind."""
    return [
        lambda: admin.get("/v1/billing/balance", user="ada"),
        lambda: admin.get("/v1/billing/transactions"),
        lambda: admin.get("/v1/billing/statement", user="ada", period="2026-02"),
        lambda: admin.get("/v1/billing/usage", period="2026-02"),
        lambda: admin.get("/v1/audit/events"),
    ]
