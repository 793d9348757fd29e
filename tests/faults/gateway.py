"""The gateway that sends usage by NATS: each batch again, as it is, until it is answered."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from contextlib import suppress
from typing import Any

from nats.aio.client import Client
from nats.errors import Error as NatsError

from adapters.nats.address import NatsAddress
from adapters.nats.connection import connect
from ledger.kernel.errors import LedgerError

ANSWERED_S = 3.0
"""What a message is waited for; one whose worker was killed comes again only a minute later."""

ACKNOWLEDGED_S = 120.0
AGAIN_S = 0.1

_places = itertools.count(1)


class Gateway:
    """One gateway of an org. `authorization`: its header."""

    def __init__(self, bus: NatsAddress, org: str, authorization: str) -> None:
        self._bus = bus
        self._org = org
        self._authorization = authorization
        self._client: Client | None = None
        self.sent = 0

    async def until_answered(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """Return the status and the body of the first answer."""
        deadline = time.monotonic() + ACKNOWLEDGED_S
        while time.monotonic() < deadline:
            # A client that loses its server cancels who waits for a message.
            with suppress(LedgerError, NatsError, OSError, TimeoutError, asyncio.CancelledError):
                return await self._send(body)
            await self.close()
            await asyncio.sleep(AGAIN_S)
        raise AssertionError(f"{body!r} was not answered within {ACKNOWLEDGED_S} s")

    async def close(self) -> None:
        """Close the connection; the next message opens another."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _send(self, body: bytes) -> tuple[int, dict[str, Any]]:
        if self._client is None:
            self._client = await connect(self._bus, "gateway")
        place = f"usage.answers.{self._org}.g{next(_places)}"
        answers = await self._client.subscribe(place)
        headers = {"Authorization": self._authorization, "Tally-Reply": place}
        self.sent += 1
        await self._client.jetstream().publish(f"usage.{self._org}", body, headers=headers)
        answer = await answers.next_msg(ANSWERED_S)
        await answers.unsubscribe()
        return int((answer.headers or {})["Tally-Status"]), json.loads(answer.data)
