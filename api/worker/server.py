"""The server of a worker: HTTP, and messages of usage, until it is told to stop, and then what was
taken is answered."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from api.garbage_collection import collect_seldom
from api.http.app import create_front
from api.http.server.server import Server
from api.http.service import Service
from api.inbound.usage import InboundUsage
from ledger.kernel.inbox import Inbox

GRACE_S = 10
"""How long requests under way may take when the service is told to stop."""

RECEIVING_ENDS_S = 1.0
"""How long messages may take to be let go when the service is told to stop."""

SWITCH_S = 0.0005
"""How long a thread that makes a long answer keeps the interpreter from the loop, which answers all
others: a tenth of what Python lets it."""

STOPPING = (signal.SIGTERM, signal.SIGINT)


class WorkerServer(Server):
    """Stops gracefully on SIGTERM and Ctrl-C."""

    def __init__(self, service: Service, inbox: Inbox | None = None) -> None:
        front = create_front(service)
        super().__init__(front, grace_s=GRACE_S)
        self.service = service
        self._inbound = InboundUsage(front, service, inbox) if inbox is not None else None
        self._receiving: asyncio.Task[None] | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do as uvicorn does, except that the signal is not raised again at the end: it would kill
        us before the engines are stopped."""
        before = {number: signal.signal(number, self.handle_exit) for number in STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._inbound is not None and not self.should_exit:
            self._receiving = asyncio.create_task(self._inbound.run())
        collect_seldom()
        sys.setswitchinterval(SWITCH_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._receiving is not None:
            # Not longer: a cancellation is lost where the connection is at the same moment.
            self._receiving.cancel()
            await asyncio.wait([self._receiving], timeout=RECEIVING_ENDS_S)
            self._receiving.cancel()
        await super().shutdown(sockets)
