"""Writers: those of all shards, as the event loop sees them. A command goes to that of its org."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TypeVar
from zlib import crc32

from api.commands.command import Command
from api.deadline import REQUEST_S
from api.writer.fair_queue import Capacity
from api.writer.lease import HeldElsewhere
from api.writer.peer_client import PeerAway
from api.writer.shard_holder import Client, ShardHolder
from api.writer.sockets import connect
from ledger.kernel.errors import Unavailable
from ledger.kernel.ids import PLATFORM
from ledger.ports import OrgMoved

FIRST = 1
"""The shard of the platform, and of every org that was not placed elsewhere."""

MOVES_MAX = 5
"""How often a command follows its org, which may be moved again meanwhile, or the lease."""

PLACES_MAX = 200_000
"""Orgs of which we know where they live; with more we ask again."""

FindShard = Callable[[str], Awaitable[int]]
"""Asks the store in which shard an org lives."""

A = TypeVar("A")


class Writers:
    """Submits each command to the writer of its shard. Used by the event loop alone.

    `ways`: to the sockets of all shards. The first `count` have a writer each, whose first it is;
    one alone is asked, as nearly all orgs are where it is asked first.
    """

    def __init__(
        self,
        ways: Mapping[int, int],
        find: FindShard,
        count: int = 1,
        outcome_s: float = REQUEST_S,
    ) -> None:
        capacity = Capacity()
        self._holders = {
            shard: ShardHolder(partial(connect, way), capacity, outcome_s)
            for shard, way in ways.items()
        }
        self._find = find
        self._count = count
        self._places: dict[str, int] = {PLATFORM: FIRST}

    @property
    def is_there(self) -> bool:
        """Whether every writer takes commands, ours or that of another service."""
        return all(each.is_there for each in self._started())

    @property
    def held(self) -> dict[str, str]:
        """Of each shard that was asked for, whether it is written here, or by another service:
        elsewhere."""
        return {
            str(shard): "here" if each.is_here else "elsewhere"
            for shard, each in self._holders.items()
            if each.is_asked
        }

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
        await asyncio.gather(*(each.close() for each in self._holders.values()))

    def spread(self, org: str) -> int:
        """Return the shard of a new org that nobody has placed: they spread over the writers, and
        one that is registered again would be placed where it was."""
        return FIRST + crc32(org.encode()) % self._count

    async def submit(self, command: Command[A]) -> A:
        """Return what the command returns, once it is durable. Raises its Refusal, Busy or
        Unavailable.

        A caller that goes away cancels its wait; its command goes on.
        """
        home = command.home
        shard = self._places.get(home)
        if shard is None:
            shard = await self._place(home)
        client = self._holders[shard].client
        try:
            return await client.submit(command)
        except (OrgMoved, HeldElsewhere, PeerAway) as elsewhere:
            self._turn(shard, client, elsewhere)
            return await self._follow(command)

    async def _place(self, org: str) -> int:
        """Find where an org lives."""
        shard = FIRST if self._count == 1 else await self._find(org)
        return self._note(org, shard)

    async def _follow(self, command: Command[A]) -> A:
        """Submit a command where its org lives now, and to who holds the lease there now."""
        for again in range(1, 1 + MOVES_MAX):
            shard = self._places.get(command.home) or await self._place(command.home)
            client = self._holders[shard].client
            try:
                return await client.submit(command)
            except (OrgMoved, HeldElsewhere, PeerAway) as elsewhere:
                self._turn(shard, client, elsewhere)
                if again == MOVES_MAX:
                    raise
        raise AssertionError

    def _turn(self, shard: int, client: Client, elsewhere: Unavailable) -> None:
        """Note where a command is to be submitted that was not decided where it was."""
        if isinstance(elsewhere, OrgMoved):
            self._note(elsewhere.org, elsewhere.shard)
        else:
            self._holders[shard].turn_from(client, elsewhere)

    def _note(self, org: str, shard: int) -> int:
        if len(self._places) >= PLACES_MAX:
            self._places = {PLATFORM: FIRST}
        self._places[org] = shard
        return shard

    def _started(self) -> list[ShardHolder]:
        return list(self._holders.values())[: self._count]
