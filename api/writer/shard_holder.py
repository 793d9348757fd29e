"""Shard holder: who holds the lease of a shard, as the event loop finds it: our own writer, or the
one of another service that it names."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TypeAlias

from api.deadline import REQUEST_S
from api.writer.client import WriterClient
from api.writer.fair_queue import Capacity
from api.writer.lease import HeldElsewhere
from api.writer.peer_client import PeerClient
from ledger.kernel.errors import Unavailable
from ledger.kernel.leases import Peer

Client: TypeAlias = WriterClient | PeerClient


class ShardHolder:
    """Our own writer is asked until it says who else, and again when that one is gone. Used by the
    event loop alone."""

    def __init__(
        self,
        connect: Callable[[], socket.socket],
        capacity: Capacity,
        outcome_s: float = REQUEST_S,
    ) -> None:
        self._own = WriterClient(connect, capacity, outcome_s, self.hear)
        self._capacity = capacity
        self._outcome_s = outcome_s
        self._peer: Peer | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._closing = False
        self.client: Client = self._own
        """To submit to."""

    @property
    def is_asked(self) -> bool:
        """Whether somebody has asked for the shard here."""
        return self._own.is_begun

    @property
    def is_here(self) -> bool:
        """Whether our own writer holds the lease, or nobody is known to."""
        return self.client is self._own

    @property
    def is_there(self) -> bool:
        """Whether commands are taken."""
        return self.client.is_there

    @property
    def is_refused(self) -> bool:
        """Whether the store took nothing when it was last asked, a moment ago."""
        return self.client.is_refused

    async def start(self) -> None:
        """Begin to take commands."""
        await self._own.start()

    async def close(self) -> None:
        """Finish what was submitted, then stop."""
        self._closing = True
        self._turn_to(None)
        await self._own.close()
        if self._leaving:
            await asyncio.wait(self._leaving)

    def hear(self, elsewhere: object) -> None:
        """Turn to whom our own writer names: that of another service, or itself."""
        self._turn_to(elsewhere.peer if isinstance(elsewhere, HeldElsewhere) else None)

    def turn_from(self, client: Client, why: Unavailable) -> None:
        """Turn away from who has not decided: our own writer knows who does, if another has not."""
        if client is self._own:
            self.hear(why)
        elif client is self.client:
            self._turn_to(None)

    def _turn_to(self, peer: Peer | None) -> None:
        if peer == self._peer or (peer is not None and self._closing):
            return
        before, self._peer = self.client, peer
        if peer is None:
            self.client = self._own
        else:
            self.client = PeerClient(
                peer, self._capacity, self._outcome_s, lambda: self._leave(peer)
            )
        if isinstance(before, PeerClient):
            leaving = asyncio.create_task(before.leave())
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    def _leave(self, peer: Peer) -> None:
        if self._peer == peer:
            self._turn_to(None)
