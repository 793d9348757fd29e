"""Retries through a proxy that cuts: charged once, in time, and only what may be sent again."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tallystick import (
    AsyncClient,
    Client,
    NotAProblem,
    Problem,
    Retries,
    TallystickError,
    Unreachable,
    problems,
)
from tallystick.retries import Attempts
from tests.client.proxy import Fault, Proxy

CUTS: list[Fault] = ["cut before send", "cut in the request", "cut after commit", "say nothing"]
FAST = Retries(silence_s=1.0, first_wait_s=0.001)


@pytest.mark.parametrize("fault", CUTS)
def test_what_was_cut_is_sent_again_and_charged_once(
    proxy: Proxy, secret: str, ledger: Client, fault: Fault
) -> None:
    proxy.faults.extend([fault, fault])
    with Client(proxy.url, secret, retries=FAST) as through:
        debit = through.record_usage(user="ann", amount=3)
        assert len(proxy.requests) == 3
        assert len({body(request)["id"] for request in proxy.requests}) == 1
        proxy.faults.append(fault)
        deposit = through.deposit(user="ann", amount=5)
    assert len({key_of(request) for request in proxy.requests[3:]}) == 1
    listed = list(ledger.transactions(user="ann", min_sequence=deposit.sequence))
    assert [each.id for each in listed] == [deposit.id, debit.id]


@pytest.mark.parametrize("fault", CUTS)
def test_so_it_is_when_awaited(proxy: Proxy, secret: str, ledger: Client, fault: Fault) -> None:
    async def run() -> int:
        proxy.faults.extend([fault, fault])
        async with AsyncClient(proxy.url, secret, retries=FAST) as through:
            return (await through.record_usage(user="ann", amount=3)).sequence

    ends = asyncio.run(run())
    assert len(list(ledger.transactions(user="ann", min_sequence=ends))) == 1
    assert len({body(request)["id"] for request in proxy.requests}) == 1


def test_a_deadline_ends_what_drips_in(proxy: Proxy, secret: str) -> None:
    proxy.faults.extend(["drip"] * 2)
    retries = Retries(deadline_s=0.5, silence_s=0.4)
    with Client(proxy.url, secret, retries=retries) as through, pytest.raises(Unreachable):
        through.balance(user="ann")

    async def run() -> None:
        async with AsyncClient(proxy.url, secret, retries=retries) as through:
            await through.balance(user="ann")

    with pytest.raises(Unreachable):
        asyncio.run(run())


def test_nobody_listens() -> None:
    retries = Retries(deadline_s=0.2, first_wait_s=0.01)
    with Client("http://127.0.0.1:1", "key", retries=retries) as client, pytest.raises(Unreachable):
        client.balance(user="ann")


def test_what_cannot_be_sent_is_told_at_once() -> None:
    with Client("ftp://127.0.0.1:1", "key") as client, pytest.raises(TallystickError) as told:
        client.balance(user="ann")
    assert "cannot be sent" in str(told.value)


class Script:
    """A server that answers as it is told, and the waits of its caller."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.asked = 0
        self.waits: list[float] = []
        self.url = ""

    def problem(self, code: str, **headers: str) -> None:
        kind = Problem.classes[code]
        value = {"code": code, "status": kind.status, "title": "", "detail": "It is so."}
        headers = {"Content-Type": "application/problem+json", **headers}
        self.answers.append((kind.status, headers, json.dumps(value).encode()))

    def client(self, **more: Any) -> Client:
        return Client(self.url, "key", retries=Retries(**more), sleep=self.waits.append)


@pytest.fixture
def script() -> Iterator[Script]:
    made = Script()
    with listening(made) as made.url:
        yield made


@contextmanager
def listening(script: Script) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            script.asked += 1
            status, headers, content = script.answers.pop(0)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def fine(script: Script) -> None:
    script.answers.append((200, {"Content-Type": "application/json"}, b'{"status": "ok"}'))


def test_retry_after_is_obeyed(script: Script) -> None:
    script.problem("busy", **{"Retry-After": "3"})
    script.problem("too_many_reads", **{"Retry-After": "2"})
    script.problem("rate_limited", **{"Retry-After": "17"})
    fine(script)
    with script.client() as client:
        assert client.healthz().status == "ok"
    assert script.waits == [3, 2, 17]


def test_who_must_wait_past_the_deadline_is_told_at_once(script: Script) -> None:
    script.problem("busy", **{"Retry-After": "60"})
    with script.client(deadline_s=10) as client, pytest.raises(problems.Busy):
        client.healthz()
    assert script.waits == []


def test_waits_grow_and_are_spread(script: Script) -> None:
    for _ in range(5):
        script.problem("unavailable")
    fine(script)
    with script.client(chance=lambda: 1.0, longest_wait_s=0.8) as client:
        client.healthz()
    assert script.waits == [0.1, 0.2, 0.4, 0.8, 0.8]
    low = Attempts(Retries(chance=lambda: 0.0)).wait_s(Unreachable("cut"))
    assert low == 0.05


@pytest.mark.parametrize("code", sorted(Problem.classes))
def test_only_what_heals_by_itself_is_sent_again(script: Script, code: str) -> None:
    script.problem(code)
    fine(script)
    again = Problem.classes[code].may_be_sent_again
    with script.client() as client:
        if again:
            assert client.healthz().status == "ok"
        else:
            with pytest.raises(Problem) as refused:
                client.healthz()
            assert type(refused.value) is Problem.classes[code]
    assert script.asked == (2 if again else 1)


def test_a_proxy_that_answers_for_the_service_is_not_believed(script: Script) -> None:
    script.answers.append((502, {"Content-Type": "text/html"}, b"<p>bad gateway</p>"))
    fine(script)
    with script.client() as client:
        assert client.healthz().status == "ok"
        script.answers.append((200, {"Content-Type": "text/html"}, b"<p>welcome</p>"))
        with pytest.raises(NotAProblem):
            client.healthz()
        script.answers.append((302, {"Location": "/login"}, b""))
        with pytest.raises(NotAProblem):
            client.healthz()


def body(request: bytes) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(request.partition(b"\r\n\r\n")[2])
    return value


def key_of(request: bytes) -> bytes:
    lines = request.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    return next(line for line in lines if line.startswith(b"idempotency-key:"))


def test_time_is_short_between_attempts() -> None:
    attempts = Attempts(Retries(deadline_s=1, clock=time.monotonic))
    assert 0 < attempts.silence_s <= 1
