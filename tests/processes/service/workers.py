"""The workers of a running service, each spoken to on a connection of its own."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import psutil

from tests.api.served import OPERATOR_KEY

WITHIN_S = 30.0


class Worker:
    """One process that serves HTTP, and a connection to it."""

    def __init__(self, connection: HTTPConnection, pid: int) -> None:
        self.connection = connection
        self.pid = pid

    def ask(
        self, method: str, path: str, body: object = None, *, key: str | None = None, **more: str
    ) -> tuple[int, Any]:
        """The status and value of an answer; `key` opens, or the operator's. `x_org`, `once`:
        headers."""
        headers = {"Authorization": f"Bearer {key or OPERATOR_KEY}"}
        if method != "GET":
            headers["Idempotency-Key"] = more.get("once") or str(uuid.uuid4())
            headers["Content-Type"] = "application/json"
        if "x_org" in more:
            headers["X-Org"] = more["x_org"]
        content = None if body is None else json.dumps(body)
        self.connection.request(method, path, content, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        return response.status, json.loads(text) if text.startswith("{") else text


def pids_of(root: int, module: str) -> set[int]:
    """The children of a service that run a module."""
    return {each.pid for each in psutil.Process(root).children() if module in _command(each)}


@contextmanager
def workers_of(root: int, url: str, count: int) -> Iterator[list[Worker]]:
    """A connection to each worker: new ones are made until every worker has taken one."""
    found: dict[int, HTTPConnection] = {}
    others: list[HTTPConnection] = []
    deadline = time.monotonic() + WITHIN_S
    try:
        while len(found) < count:
            assert time.monotonic() < deadline, f"only {len(found)} of {count} workers take any"
            connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
            others.append(connection)
            connection.request("GET", "/healthz")
            assert connection.getresponse().read()
            pid = _holder(root, connection.sock.getsockname()[1])
            if pid is not None:
                found.setdefault(pid, connection)
        yield [Worker(connection, pid) for pid, connection in sorted(found.items())]
    finally:
        for connection in others:
            connection.close()


def _holder(root: int, port: int) -> int | None:
    """The worker that has taken the connection from this port of ours."""
    for pid in pids_of(root, "api.worker"):
        for each in psutil.Process(pid).net_connections("tcp"):
            if each.raddr and each.raddr.port == port:
                return pid
    return None


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
