"""The processes of writers: the shards are dealt among them, as many as there are."""

from __future__ import annotations

import os
import socket
from asyncio.subprocess import Process
from collections.abc import Iterator, Mapping

from api.container import DatabaseUrls
from api.environment import WRITERS, environment_of_child
from api.supervision.kept_process import KeptProcess, start_python
from api.writer.client import ENDS_IN_S
from api.writer.sockets import WriterSockets

MODULE = "api.writer"
"""What a writer runs as."""

SERVICE = f"{socket.gethostname()}:{os.getpid()}"
"""What this service is called in leases, which are shared out among services."""


class WriterProcess(KeptProcess):
    """A writer. It ends by itself when its life has, a pipe of which we hold the other end, and
    who asks has finished: so also when we die."""

    restart_after_s = 0.2
    may_stop_for_s = ENDS_IN_S

    def __init__(self, listeners: Mapping[int, socket.socket], database: DatabaseUrls) -> None:
        super().__init__(f"the writer of shard {min(listeners)}")
        self._listeners = listeners
        self._environment = environment_of_child(*WRITERS, TALLY_WRITER_URL=database.writer)
        self._ours: int | None = None

    async def start(self) -> Process:
        self._let_go()
        theirs, self._ours = os.pipe()
        descriptors = {shard: each.fileno() for shard, each in self._listeners.items()}
        arguments = [
            SERVICE,
            str(theirs),
            *(f"{shard}:{each}" for shard, each in descriptors.items()),
        ]
        try:
            return await start_python(
                MODULE, arguments, self._environment, [theirs, *descriptors.values()]
            )
        finally:
            os.close(theirs)

    def end(self, process: Process) -> None:
        self._let_go()

    def _let_go(self) -> None:
        if self._ours is not None:
            os.close(self._ours)
            self._ours = None


def writer_processes(
    sockets: WriterSockets, count: int, database: DatabaseUrls
) -> Iterator[WriterProcess]:
    """Yield so many writers; shard k is the first of writer k, and with fewer writers than shards
    each has several."""
    for first in range(count):
        shards = list(sockets.listeners)[first::count]
        yield WriterProcess({shard: sockets.listeners[shard] for shard in shards}, database)
