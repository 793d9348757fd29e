"""The examination of NATS: what it says of itself, changing nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from nats.js.errors import Error as JetStreamError

from adapters.nats.address import NatsAddress
from adapters.nats.connection import answering, connect
from adapters.nats.facts import BusFacts


def examine_nats(address: NatsAddress) -> BusFacts:
    """Return what a server says. Raises Unavailable, or UnsuitableNats."""
    return asyncio.run(_examine(address))


async def _examine(address: NatsAddress) -> BusFacts:
    client = await connect(address, "doctor")
    try:
        with answering():
            return BusFacts(
                str(client.connected_server_version),
                await _keeps(client.jetstream().account_info()),
                client.max_payload,
            )
    finally:
        await client.close()


async def _keeps(asked: Coroutine[object, object, object]) -> bool:
    try:
        await asked
    except JetStreamError:
        return False
    return True
