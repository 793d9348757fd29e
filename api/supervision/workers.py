"""The processes of workers: each serves HTTP on a socket of its own, and all
on one port: the kernel deals connections evenly (decision 34)."""

from __future__ import annotations

import socket
from asyncio.subprocess import Process
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from api.container import Endpoints
from api.environment import BUS, SERVICE, environment_of_child
from api.supervision.child import nats_variable, stripe_variables
from api.supervision.kept_process import KeptProcess, start_python
from api.supervision.relay import Relay
from api.worker.given import Given
from api.worker.server import GRACE_S
from api.writer.client import ENDS_IN_S
from api.writer.sockets import WriterSockets

MODULE = "api.worker"
"""What a worker runs as."""


class Counts(NamedTuple):
    """How many processes there are of each kind."""

    workers: int
    writers: int


class WorkerProcess(KeptProcess):
    """A worker. We hold its listening socket, too, so none that waits there is lost with it."""

    restart_after_s = 0.2
    may_stop_for_s = GRACE_S + ENDS_IN_S

    def __init__(
        self, number: int, given: Given, environment: dict[str, str], relay: Relay
    ) -> None:
        super().__init__(f"worker {number}")
        self._number = number
        self._given = given
        self._environment = environment
        self._relay = relay

    async def start(self) -> Process:
        ours, theirs = socket.socketpair()
        with theirs:
            await self._relay.open(self._number, ours)
            given = msgspec.structs.replace(self._given, line=theirs.fileno())
            # Only when it begins: one that is started again shows nobody a new key.
            self._given = msgspec.structs.replace(self._given, is_first=False)
            descriptors = [given.line, given.listener, *given.ways.values()]
            arguments = [msgspec.json.encode(given).decode()]
            return await start_python(MODULE, arguments, self._environment, descriptors)


def worker_processes(
    counts: Counts,
    data: Path,
    at: Endpoints,
    listeners: Sequence[socket.socket],
    sockets: WriterSockets,
    relay: Relay,
) -> Iterator[WorkerProcess]:
    """Yield the workers."""
    environment = environment_of_child(
        *SERVICE,
        *BUS,
        TALLY_WRITER_URL=at.database.writer,
        TALLY_QUERY_URL=at.database.query,
        TALLY_CLICKHOUSE_URL=at.clickhouse_url,
        **nats_variable(at),
        **stripe_variables(at, is_told=True),
    )
    for number, listener in enumerate(listeners, 1):
        given = Given(
            line=-1,
            listener=listener.fileno(),
            ways=dict(sockets.ways),
            data=str(data.absolute()),
            workers=counts.workers,
            writers=counts.writers,
            is_first=number == 1,
        )
        yield WorkerProcess(number, given, environment, relay)
