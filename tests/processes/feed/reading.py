"""Reading a stream as a test sees it: whole, or as long as nobody else changes it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig

from adapters.nats.address import NatsAddress
from adapters.nats.connection import connect
from adapters.nats.feed import STREAM
from projections.ports import Message

T = TypeVar("T")


def on(bus: NatsAddress, work: Callable[[Client], Awaitable[T]]) -> T:
    """What some work with a client returns."""

    async def run() -> T:
        client = await connect(bus, "test")
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(run())


def published(bus: NatsAddress, stream: str = STREAM) -> list[Message]:
    """All messages of a stream, in its order."""

    async def read(client: Client) -> list[Message]:
        jetstream = client.jetstream()
        kept = (await jetstream.stream_info(stream)).state.messages
        reader = await jetstream.pull_subscribe(
            ">", stream=stream, config=ConsumerConfig(ack_policy=AckPolicy.NONE)
        )
        found: list[Message] = []
        while len(found) < kept:
            for each in await reader.fetch(min(500, kept - len(found)), timeout=5):
                found.append(
                    Message((each.headers or {}).get("Nats-Msg-Id", ""), each.subject, each.data)
                )
        await reader.unsubscribe()
        return found

    return on(bus, read)
