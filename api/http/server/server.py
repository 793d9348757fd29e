"""The HTTP server: uvicorn with our connections, taken while there is room and ended in time."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import uvicorn
from starlette.types import ASGIApp

from api.descriptors import for_connections
from api.http.server.connection import Connection, Wait
from api.http.server.forwarded import forwarded
from api.http.server.listener import Listener

BACKLOG = 4096

USUAL: Mapping[Wait, float] = {
    Wait.HEAD: 10.0,
    Wait.BODY: 60.0,
    # Longer than the pools of usual clients keep theirs, so that it is not we who close one that
    # is just being used again.
    Wait.NEXT_REQUEST: 75.0,
    Wait.READER: 60.0,
    Wait.END: 5.0,
}
"""How long a connection may wait, in seconds. For what is ours to give it waits without end."""

HURRIED: Mapping[Wait, float] = {
    Wait.HEAD: 1.0,
    Wait.BODY: 10.0,
    Wait.NEXT_REQUEST: 1.0,
    Wait.READER: 10.0,
    Wait.END: 1.0,
}
"""The same while others wait for room."""


@dataclass(frozen=True)
class Limits:
    """How many connections there may be, and for how long they may wait."""

    connections: int = field(default_factory=for_connections)
    usual: Mapping[Wait, float] = field(default_factory=lambda: USUAL)
    hurried: Mapping[Wait, float] = field(default_factory=lambda: HURRIED)
    sweep_every: int = 10
    """Ticks of a tenth of a second between looking at all connections."""


class Server(uvicorn.Server):
    """Serves an application on listening sockets, until it is told to stop."""

    def __init__(self, app: ASGIApp, *, grace_s: int, limits: Limits | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                interface="asgi3",
                proxy_headers=False,  # see `forwarded.py`
                loop="uvloop",
                http=Connection,
                ws="none",
                lifespan="on",
                access_log=False,
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=grace_s,
            )
        )
        self.config.app = forwarded(app, self.config.forwarded_allow_ips)
        self._limits = limits or Limits()
        self._listeners: list[Listener] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=[])
        self._listeners = [Listener(each, self._connection, self._room) for each in sockets or []]
        for listener in self._listeners:
            listener.open()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in self._listeners:
            listener.close()
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        if counter % self._limits.sweep_every == 0:
            self._sweep()
        for listener in self._listeners:
            if not listener.is_full:
                listener.open()
        return await super().on_tick(counter)

    def _connection(self) -> Connection:
        return Connection(self.config, self.server_state, self.lifespan.state)

    def _connections(self) -> set[Connection]:
        return cast("set[Connection]", self.server_state.connections)

    def _room(self) -> int:
        return self._limits.connections - len(self.server_state.connections)

    def _sweep(self) -> None:
        """End what has waited for too long."""
        full = any(listener.is_full for listener in self._listeners)
        limits = self._limits.hurried if full else self._limits.usual
        now = time.monotonic()
        for connection in list(self._connections()):
            wait, seconds = connection.waited(now)
            if wait in limits and seconds > limits[wait]:
                connection.give_up(wait)
