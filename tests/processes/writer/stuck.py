"""A writer that commits nothing before it is let go."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from api.commands.command import Command
from api.writer.client import WriterClient
from api.writer.fair_queue import Capacity
from api.writer.group_commit import Decided, GroupCommit
from api.writer.sequencer import Sequencer
from api.writer.server import WriterServer
from api.writer.sockets import connect
from tests.writer_threads import Work, writers_in_threads


class Stuck(GroupCommit):
    """Answers every command with "done", once it is let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.loop = asyncio.get_running_loop()

    def run(self, commands: Sequence[Command[object]]) -> list[Any]:
        asyncio.run_coroutine_threadsafe(self.go.wait(), self.loop).result()
        return ["done" for _ in commands]

    def forget(self) -> None:
        """There is nothing to forget."""

    def decide_ahead(self, commands: Sequence[Command[object]]) -> Decided | None:
        return None


class Nobody:
    """Whoever asks here does not want to be told."""

    def answer(self, tickets: Sequence[int], outcomes: Sequence[object]) -> None:
        """Forget it."""


def work_of(group_commit: GroupCommit) -> Work:
    """A writer that commits nothing."""

    def work(listener: socket.socket, life: int) -> None:
        server = WriterServer(listener, life)
        try:
            Sequencer(group_commit, server).run()
        finally:
            server.release()

    return work


@asynccontextmanager
async def client_of(work: Work, capacity: Capacity | None = None) -> AsyncIterator[WriterClient]:
    """A client of a writer, closed at the end."""
    with writers_in_threads(lambda _: work) as sockets:
        writer = WriterClient(partial(connect, sockets.ways[1]), capacity)
        await writer.start()
        yield writer
        await writer.close()
