"""Requests as bytes, over sockets of the test's own."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.api.served import Served

WAITS_S = 60.0
"""A test that waits for so long has failed."""


class Answer(NamedTuple):
    """One answer of HTTP/1.1."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Raw:
    """A connection that sends what it is given."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._file = connection.makefile("rb")

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._file.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self, *, to_head: bool = False) -> Answer:
        """The next answer; it must have a length."""
        status, headers = self._head()
        while status < 200:
            status, headers = self._head()
        body = b"" if to_head else self._file.read(int(headers["content-length"]))
        return Answer(status, headers, body)

    def interim(self) -> int:
        """The status of an answer that is not the last."""
        status, _ = self._head()
        return status

    def _head(self) -> tuple[int, dict[str, str]]:
        status = int(self._file.readline().split()[1])
        headers = {}
        while line := self._file.readline().strip():
            name, _, value = line.decode("latin-1").partition(": ")
            headers[name] = value
        return status, headers

    def ask(self, data: bytes) -> Answer:
        self.send(data)
        return self.answer()

    def is_closed(self) -> bool:
        """Whether the other side ends it without another word; waits for that."""
        try:
            return self._file.read(1) == b""
        except ConnectionResetError:
            return True


@contextmanager
def raw(service: Served, *, receives: int | None = None) -> Iterator[Raw]:
    """A connection to the service; `receives`: bytes that wait on our side, not read yet."""
    at = urlsplit(service.base_url)
    with socket.socket() as connection:
        connection.settimeout(WAITS_S)
        if receives is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        connection.connect((at.hostname, at.port))
        caller = Raw(connection)
        try:
            yield caller
        finally:
            caller.close()
