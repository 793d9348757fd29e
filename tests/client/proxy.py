"""A proxy of TCP that hands on requests, or cuts the connection where it is told to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import deque
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

Fault = Literal["cut before send", "cut in the request", "cut after commit", "say nothing", "drip"]
Address = tuple[str, int]


class Proxy:
    """Each request takes the next fault; when there is none, it passes whole."""

    def __init__(self, to_url: str) -> None:
        at = urlsplit(to_url)
        assert at.hostname is not None
        assert at.port is not None
        self._to: Address = (at.hostname, at.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._stop = threading.Event()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.faults: deque[Fault] = deque()
        self.requests: list[bytes] = []
        """Every request that came, also those that were not handed on."""

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._stop.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[caller], daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        self._open.add(caller)
        with caller, contextlib.suppress(OSError, EOFError):
            while self._pass_on(caller):
                pass
        self._open.discard(caller)

    def _pass_on(self, caller: socket.socket) -> bool:
        """Serve one request; tell whether the connection goes on."""
        request = _message(caller)
        self.requests.append(request)
        fault = self.faults.popleft() if self.faults else None
        if fault == "cut before send":
            return False
        with socket.create_connection(self._to) as service:
            if fault == "cut in the request":
                service.sendall(request[: len(request) // 2])
                return False
            service.sendall(request)
            answer = _message(service)
        if fault == "cut after commit":
            return False
        if fault == "say nothing":
            self._stop.wait()
            return False
        if fault == "drip":
            return self._drip(caller, answer)
        caller.sendall(answer)
        return True

    def _drip(self, caller: socket.socket, answer: bytes) -> bool:
        """Never silent for long, and never done."""
        head, _, _ = answer.partition(b"\r\n\r\n")
        caller.sendall(head + b"\r\n\r\n")
        while not self._stop.wait(0.05):
            caller.sendall(b" ")
        return False


def _message(source: socket.socket) -> bytes:
    """Return one request or answer, with the body that its length says."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(source)
    head, _, _ = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n")[1:]:
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(data) < len(head) + 4 + length:
        data += _more(source)
    return data


def _more(source: socket.socket) -> bytes:
    if part := source.recv(65536):
        return part
    raise EOFError
