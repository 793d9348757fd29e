"""Peer client: the writer of another service, as long as that holds the lease of a shard."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import TypeVar

from api.commands.command import Command
from api.deadline import left_s
from api.entropy import fresh_bytes
from api.writer.client_protocol import ClientProtocol
from api.writer.fair_queue import Capacity
from api.writer.records import DRAWN_BYTES, Records
from ledger.kernel.errors import Unavailable
from ledger.kernel.leases import Peer

REACHED_S = 1.0
"""How long a writer may take to let us in: one that stands still, or is out of reach, does not."""

LEAVING_S = 1.0
"""How long what was asked may be answered by a writer that holds the lease no more."""

A = TypeVar("A")
_log = logging.getLogger(__name__)


class PeerAway(Unavailable):
    """The writer of another service was not reached: nothing was recorded."""


class PeerClient:
    """One connection, which is not made again: `on_gone` is told when it is lost, or the writer
    decides nothing any more. Used by the event loop alone."""

    def __init__(
        self, peer: Peer, capacity: Capacity, outcome_s: float, on_gone: Callable[[], None]
    ) -> None:
        self._peer = peer
        self._outcome_s = outcome_s
        self._on_gone = on_gone
        self._protocol = ClientProtocol(capacity, outcome_s, self._hear)
        self._transport: asyncio.Transport | None = None
        self._opening = asyncio.create_task(self._open())

    @property
    def is_there(self) -> bool:
        """Whether commands are taken, or will be in a moment."""
        return not self._opening.done() or self._is_open

    @property
    def _is_open(self) -> bool:
        return self._transport is not None and not self._protocol.lost.done()

    @property
    def is_refused(self) -> bool:
        """Whether the store took nothing when it was last asked, a moment ago."""
        return self._protocol.is_refused

    async def submit(self, command: Command[A]) -> A:
        """Return what the command returns. Raises its Refusal, PeerAway, Busy or Unavailable."""
        if not self._opening.done():
            await asyncio.wait([self._opening], timeout=left_s(self._outcome_s))
        if not self._is_open:
            raise PeerAway(
                "the service that records for this org cannot be reached from here: send the same "
                "again."
            )
        return await self._protocol.ask(command)

    async def leave(self) -> None:
        """Ask nothing more, and wait a moment for what was asked."""
        await asyncio.wait([self._opening])
        if self._transport is not None:
            self._protocol.finish()
            await asyncio.wait([self._protocol.lost], timeout=LEAVING_S)
            self._transport.close()

    async def _open(self) -> None:
        try:
            async with asyncio.timeout(REACHED_S):
                await self._enter()
        except OSError as error:  # TimeoutError is one
            _log.warning("the writer of another service is not reached: %r", error)
            if self._transport is not None:
                self._transport.abort()
                self._transport = None
            self._on_gone()
            return
        self._protocol.lost.add_done_callback(lambda _: self._on_gone())

    async def _enter(self) -> None:
        loop = asyncio.get_running_loop()
        host, port, token = self._peer
        family, *_, address = (await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))[0]
        connection = socket.socket(family)
        try:
            connection.setblocking(False)
            await loop.sock_connect(connection, address)
            ours = fresh_bytes(DRAWN_BYTES)
            theirs = b""
            while len(theirs) < DRAWN_BYTES:
                more = await loop.sock_recv(connection, DRAWN_BYTES - len(theirs))
                if not more:
                    raise ConnectionError("it lets nobody in")
                theirs += more
            self._protocol.seal_with(records := Records(token, ours, theirs, is_writer=False))
            await loop.sock_sendall(connection, ours + records.seal(b""))
            self._transport, _ = await loop.create_connection(
                lambda: self._protocol, sock=connection
            )
        except BaseException:
            connection.close()
            raise
        await asyncio.wait(
            [self._protocol.greeted, self._protocol.lost], return_when=asyncio.FIRST_COMPLETED
        )

    def _hear(self, elsewhere: object) -> None:
        if elsewhere is not None:
            self._on_gone()
