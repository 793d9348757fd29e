"""Usage on JetStream: a work queue `usage.<org>`, and `usage.dead.<org>` for what was refused."""

from __future__ import annotations

import json
from collections.abc import Sequence

from nats.aio.client import Client
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    Header,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from adapters.nats.address import NatsAddress
from adapters.nats.connection import answering, connect
from ledger.kernel.errors import Unavailable
from ledger.kernel.inbox import DeadLetter, Received

STREAM, DEAD, CONSUMER = "USAGE", "USAGE_DEAD", "ledger"
SUBJECTS, DEAD_SUBJECTS = "usage.*", "usage.dead.*"
ROOM = 64 * 1024
"""Bytes that a message may have less than the server takes: what was refused is parked with its
problem beside it."""

HANDED_OUT_MAX = 256
"""Messages of all processes that are not done; others wait in the stream."""
REDELIVERED_S = 60.0
"""When one is handed out again of which nothing was heard: longer than a request may take."""

WAIT_S = 20
_PATIENCE_S = 10.0
_MAKES_NO_MESSAGE = "Status"


class NatsUsage:
    """The usage of one cluster. `body_max`: bytes of a batch."""

    def __init__(self, address: NatsAddress, body_max: int) -> None:
        self._address = address
        self._body_max = body_max
        self._client: Client | None = None

    async def open(self) -> None:
        self._client = await connect(self._address, "usage")
        with answering():
            await self._make(self._client)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def next(self) -> Received | None:
        asked = json.dumps({"batch": 1, "expires": WAIT_S * 1_000_000_000}).encode()
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{CONSUMER}"
        try:
            with answering():
                # A message comes under its own subject, by which a shared inbox would not know it.
                found = await self._connected.request(
                    subject, asked, WAIT_S + _PATIENCE_S, old_style=True
                )
        except Unavailable as error:
            if isinstance(error.__cause__, NatsTimeoutError) and self._connected.is_connected:
                return None
            raise
        headers = found.headers or {}
        if _MAKES_NO_MESSAGE in headers and not found.reply:
            return None
        return Received(
            str(found.metadata.sequence.stream),
            found.subject.partition(".")[2],
            headers,
            found.data,
            found.reply,
        )

    async def park(self, letters: Sequence[DeadLetter]) -> None:
        for letter in letters:
            headers = {Header.MSG_ID.value: letter.id, "Tally-Problem": letter.problem}
            with answering():
                reply = await self._connected.request(
                    f"usage.dead.{letter.org}", letter.body, _PATIENCE_S, headers=headers
                )
            if error := json.loads(reply.data).get("error"):
                raise Unavailable(f"NATS does not keep what was refused: {error}.")

    async def answer(self, place: str, status: int, body: bytes) -> None:
        with answering():
            await self._connected.publish(place, body, headers={"Tally-Status": str(status)})

    async def done(self, received: Received) -> None:
        await self._say(received, b"+ACK")

    async def later(self, received: Received, seconds: float) -> None:
        await self._say(received, b'-NAK {"delay": %d}' % int(seconds * 1_000_000_000))

    async def _say(self, received: Received, what: bytes) -> None:
        with answering():
            await self._connected.publish(received.token, what)

    @property
    def _connected(self) -> Client:
        if self._client is None:
            raise Unavailable("NATS is not connected.")
        return self._client

    async def _make(self, client: Client) -> None:
        jetstream = client.jetstream()
        size = min(self._body_max + ROOM, client.max_payload - ROOM)
        await _stream(
            jetstream,
            StreamConfig(
                name=STREAM,
                description="Usage that is to be recorded.",
                subjects=[SUBJECTS],
                retention=RetentionPolicy.WORK_QUEUE,
                storage=StorageType.FILE,
                max_msg_size=size,
            ),
        )
        await _stream(
            jetstream,
            StreamConfig(
                name=DEAD,
                description="Usage that was refused, with its problem.",
                subjects=[DEAD_SUBJECTS],
                storage=StorageType.FILE,
            ),
        )
        try:
            await jetstream.consumer_info(STREAM, CONSUMER)
        except NotFoundError:
            await jetstream.add_consumer(
                STREAM,
                ConsumerConfig(
                    durable_name=CONSUMER,
                    ack_policy=AckPolicy.EXPLICIT,
                    ack_wait=REDELIVERED_S,
                    max_ack_pending=HANDED_OUT_MAX,
                ),
            )


async def _stream(jetstream: JetStreamContext, settings: StreamConfig) -> None:
    """Make a stream if there is none; what an operator has set stays."""
    try:
        await jetstream.stream_info(str(settings.name))
    except NotFoundError:
        await jetstream.add_stream(settings)
