"""The supervisor of several workers: keeps every process of the service, and serves nothing
itself."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from api.container import Endpoints
from api.supervision.kept_process import KeptProcess, kept
from api.supervision.relay import Relay
from api.supervision.workers import Counts, worker_processes
from api.supervision.writers import writer_processes
from api.worker.server import STOPPING
from api.writer.sockets import WriterSockets

LOOK_S = 1.0
"""How often it looks whether the engines live."""


class Supervisor:
    """Starts writers first and ends them last: who asks them has finished by then."""

    def __init__(
        self,
        counts: Counts,
        data: Path,
        at: Endpoints,
        listeners: Sequence[socket.socket],
        sockets: WriterSockets,
        children: Sequence[KeptProcess],
    ) -> None:
        self._counts = counts
        self._data = data
        self._at = at
        self._listeners = listeners
        self._sockets = sockets
        self._children = children
        self.is_bereft = False
        """Whether nobody keeps our engines any more."""

    async def run(self, on_started: Callable[[], None]) -> None:
        """Keep everything until told to stop."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in STOPPING:
            loop.add_signal_handler(number, stop.set)
        relay = Relay()
        writers = writer_processes(self._sockets, self._counts.writers, self._at.database)
        workers = worker_processes(
            self._counts, self._data, self._at, self._listeners, self._sockets, relay
        )
        async with kept(writers), kept([*workers, *self._children]):
            telling = asyncio.create_task(self._tell(relay, on_started))
            try:
                while not (stop.is_set() or self.is_bereft):
                    await self._wait(stop)
                    self.is_bereft = not self._at.live()
            finally:
                telling.cancel()

    async def _tell(self, relay: Relay, on_started: Callable[[], None]) -> None:
        await relay.wait_for(self._counts.workers)
        on_started()

    async def _wait(self, stop: asyncio.Event) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_S)
