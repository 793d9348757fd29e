"""Peer listener: where processes of other services come in, who know a writer by its lease."""

from __future__ import annotations

import logging
import socket
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from api.entropy import fresh_bytes
from api.writer.records import DRAWN_BYTES, EMPTY_BYTES, Records
from ledger.kernel.leases import Peer

TOKEN_BYTES = 32
GREETING_S = 1.0
"""How long who comes may take to show that it knows the token."""

AT_ONCE = 4
"""How many are heard at a time: others wait, and nobody who writes does."""

BACKLOG = 64

_log = logging.getLogger(__name__)

Arrived = tuple[socket.socket, Records]


class PeerListener:
    """Lets in who knows the token, which stands in the lease: until then nothing that comes is
    taken for anything. `host` replaces the address that the store knows this machine by."""

    def __init__(self, host: str | None = None) -> None:
        self._host = host
        self._token = fresh_bytes(TOKEN_BYTES)
        self._listener: socket.socket | None = None
        self._arrived: deque[Arrived] = deque()
        self._on_arrival: Callable[[], None] = lambda: None
        self._hearing = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="peer listener")
        self._closed = False

    def listen(self, known_as: str) -> Peer:
        """Listen, and return where. Raises OSError."""
        host = self._host or known_as
        family, *_, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
        self._listener = socket.create_server(address[:2], family=family, backlog=BACKLOG)
        threading.Thread(target=self._let_in, name="peer listener", daemon=True).start()
        return Peer(host, self._listener.getsockname()[1], self._token)

    def call(self, on_arrival: Callable[[], None]) -> None:
        """Have it told when somebody is in."""
        self._on_arrival = on_arrival

    def arrived(self) -> list[Arrived]:
        """Return who has come in since the last time."""
        come = []
        while self._arrived:
            come.append(self._arrived.popleft())
        return come

    def close(self) -> None:
        """Let nobody in any more."""
        self._closed = True
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self._hearing.shutdown(wait=False, cancel_futures=True)
        for connection, _ in self.arrived():
            connection.close()

    def _let_in(self) -> None:
        assert self._listener is not None
        while not self._closed:
            try:
                connection, _ = self._listener.accept()
                self._hearing.submit(self._hear, connection)
            except (OSError, RuntimeError):
                if not self._closed:
                    threading.Event().wait(GREETING_S)  # no descriptor is free: not for ever

    def _hear(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(GREETING_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            drawn = fresh_bytes(DRAWN_BYTES)
            connection.sendall(drawn)
            asker = _exactly(connection, DRAWN_BYTES)
            records = Records(self._token, asker, drawn, is_writer=True)
            records.open(_exactly(connection, EMPTY_BYTES))
        except OSError as error:
            _log.warning("somebody before a writer was not let in: %s", error)
            connection.close()
            return
        if self._closed:
            connection.close()
            return
        self._arrived.append((connection, records))
        self._on_arrival()


def _exactly(connection: socket.socket, count: int) -> bytes:
    come = b""
    while len(come) < count:
        more = connection.recv(count - len(come))
        if not more:
            raise ConnectionError("it went away")
        come += more
    return come
