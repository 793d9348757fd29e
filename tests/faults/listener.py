"""The listener: a durable consumer of the feed that comes again whatever happens."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from nats.aio.client import Client
from nats.errors import Error as NatsError

from adapters.nats.address import NatsAddress
from adapters.nats.connection import connect
from adapters.nats.copies import PUT_BACK
from adapters.nats.feed import STREAM
from ledger.kernel.errors import LedgerError

AGAIN_S = 0.1
NAME = "listener"


class Listener:
    """Takes messages in a thread beside the campaign; each counts once, by its id."""

    def __init__(self, bus: NatsAddress) -> None:
        self._bus = bus
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self.seen: dict[str, bytes] = {}
        """Message id → body, in the order in which they were first seen."""

        self.put_back: set[str] = set()
        self.again = 0
        """How many came once more."""

        self.otherwise: list[str] = []
        """Those that came once more with another body."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def in_order(self) -> list[tuple[str, int]]:
        """Return the events it was told of, by org; each org's as they were first seen."""
        names = [each.rpartition("-") for each in self.seen if each not in self.put_back]
        return sorted(((org, int(number)) for org, _, number in names), key=lambda each: each[0])

    def _run(self) -> None:
        asyncio.run(self._listen())

    async def _listen(self) -> None:
        while not self._stop.is_set():
            # A client that loses its server cancels who waits for a message.
            with suppress(LedgerError, NatsError, OSError, TimeoutError, asyncio.CancelledError):
                client = await connect(self._bus, "listener")
                try:
                    await self._take(client)
                finally:
                    await client.close()
            await asyncio.sleep(AGAIN_S)

    async def _take(self, client: Client) -> None:
        reader = await client.jetstream().pull_subscribe("ledger.>", NAME, STREAM)
        while not self._stop.is_set():
            with suppress(TimeoutError):
                for message in await reader.fetch(100, 1):
                    self._see(message.headers or {}, message.data)
                    await message.ack()

    def _see(self, headers: dict[str, str], body: bytes) -> None:
        name = headers["Nats-Msg-Id"]
        if name not in self.seen:
            self.seen[name] = body
            if PUT_BACK in headers:
                self.put_back.add(name)
            return
        self.again += 1
        if self.seen[name] != body:
            self.otherwise.append(name)
