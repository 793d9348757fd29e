"""Writers: those of all shards, as the event loop sees them. A command goes to that of its org."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import TypeVar

from api.commands.command import Command
from api.deadline import REQUEST_S
from api.writer.client import WriterClient
from api.writer.fair_queue import Capacity
from api.writer.sockets import connect

A = TypeVar("A")


class Writers:
    """Submits each command to the writer of its shard. Used by the event loop alone.

    `ways`: to the sockets of all shards. The first `count` have a writer each, whose first it is.
    """

    def __init__(
        self, ways: Mapping[int, int], count: int = 1, outcome_s: float = REQUEST_S
    ) -> None:
        capacity = Capacity()
        self._clients = {
            shard: WriterClient(partial(connect, way), capacity, outcome_s)
            for shard, way in ways.items()
        }
        self._count = count

    @property
    def is_there(self) -> bool:
        """Whether every writer takes commands."""
        return all(each.is_there for each in self._started())

    @property
    def is_refused(self) -> bool:
        """Whether the store took nothing when it was last asked, a moment ago."""
        return any(each.is_refused for each in self._started())

    async def start(self) -> None:
        """Begin to take commands."""
        async with asyncio.TaskGroup() as starting:
            for each in self._started():
                starting.create_task(each.start())

    async def close(self) -> None:
        """Finish what was submitted, then stop."""
        await asyncio.gather(*(each.close() for each in self._clients.values()))

    async def submit(self, command: Command[A]) -> A:
        """Return what the command returns, once it is durable. Raises its Refusal, Busy or
        Unavailable.

        A caller that goes away cancels its wait; its command goes on.
        """
        return await self._clients[1].submit(command)

    def _started(self) -> list[WriterClient]:
        return list(self._clients.values())[: self._count]
