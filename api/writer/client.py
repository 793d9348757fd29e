"""Writer client: the writer of one shard as the event loop sees it, to submit commands to."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import TypeVar

from api.commands.command import Command
from api.deadline import REQUEST_S, left_s
from api.writer.client_protocol import ClientProtocol
from api.writer.fair_queue import Capacity
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import Unavailable

AGAIN_AFTER_S = 0.05
"""When a connection was lost, or could not be made, the next one is tried."""

ENDS_IN_S = 30.0
"""How long a writer may take to finish what it has when nothing more comes."""

A = TypeVar("A")
_log = logging.getLogger(__name__)


class WriterClient:
    """Submits commands to a writer, over a connection that is made again when it is lost: whoever
    keeps the writer has started another by then."""

    def __init__(
        self,
        connect: Callable[[], socket.socket],
        capacity: Capacity | None = None,
        outcome_s: float = REQUEST_S,
        on_news: Callable[[object], None] = lambda _: None,
    ) -> None:
        """`on_news` is told why the writer decides nothing, or None when it does."""
        self._connect = connect
        self._on_news = on_news
        self._capacity = capacity or Capacity()
        self._outcome_s = outcome_s
        self._protocol: ClientProtocol | None = None
        self._closing = False
        self._keeping: asyncio.Task[None] | None = None
        self._began = asyncio.Event()

    @property
    def is_begun(self) -> bool:
        """Whether somebody has asked for this writer."""
        return self._keeping is not None

    @property
    def is_there(self) -> bool:
        """Whether commands are taken."""
        return self._protocol is not None

    @property
    def is_refused(self) -> bool:
        """Whether the store took nothing when it was last asked, a moment ago."""
        return self._protocol is not None and self._protocol.is_refused

    async def start(self) -> None:
        """Begin to take commands."""
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())
        await self._began.wait()

    async def close(self) -> None:
        """Finish what was submitted, then stop."""
        self._closing = True
        if self._protocol is not None:
            self._protocol.finish()
        if self._keeping is not None:
            await asyncio.wait([self._keeping], timeout=ENDS_IN_S)
            self._keeping.cancel()  # done, unless the writer does not answer
            await asyncio.wait([self._keeping])

    async def submit(self, command: Command[A]) -> A:
        """Return what the command returns, once it is durable. Raises its Refusal, Busy or
        Unavailable.

        A caller that goes away cancels its wait; its command goes on.
        """
        if self._closing:
            raise Unavailable("the service is stopping: send the same again.")
        if not self._began.is_set():
            await self._begin()  # of a shard that nobody has asked for until now
        if self._protocol is None:
            raise Unavailable("the writer is being started again: send the same again.")
        return await self._protocol.ask(command)

    async def _begin(self) -> None:
        try:
            await asyncio.wait_for(self.start(), left_s(self._outcome_s))
        except TimeoutError:
            raise Unavailable("the writer is being started: send the same again.") from None

    async def _keep(self) -> None:
        while not self._closing:
            try:
                await self._serve(self._connect())
            except OSError as error:
                _log.warning("a writer cannot be reached: %s", error)
            except Exception:
                _log.exception("a connection to a writer failed", extra=Alarm.FAULT_OF_OURS.mark)
            if not self._closing:
                await asyncio.sleep(AGAIN_AFTER_S)

    async def _serve(self, connection: socket.socket) -> None:
        """Talk to one writer until it is gone."""
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_unix_connection(
            lambda: ClientProtocol(self._capacity, self._outcome_s, self._on_news), sock=connection
        )
        try:
            await asyncio.wait(
                [protocol.greeted, protocol.lost], return_when=asyncio.FIRST_COMPLETED
            )
            if protocol.lost.done():
                return
            self._protocol = protocol
            if self._closing:
                protocol.finish()
            self._began.set()
            await protocol.lost
        finally:
            self._protocol = None
            transport.close()
