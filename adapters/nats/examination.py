"""The examination of NATS: what it says of itself, changing nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import NamedTuple

from nats.js.errors import Error as JetStreamError

from adapters.nats.connection import NatsAddress, answering, connect

__all__ = ["BusFacts", "NatsAddress", "examine_nats"]


class BusFacts(NamedTuple):
    """A server of NATS. `keeps`: whether we may have messages kept there (JetStream)."""

    version: str
    keeps: bool
    payload_max: int


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
