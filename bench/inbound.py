"""How many lines a second are taken from NATS, beside the same batches over HTTP?

Batches of a hundred lines, each line for another wallet: over HTTP on 16 connections, as many as
the ledger works on at once of what comes by NATS; then as messages, from the first that is sent to
the last that is acknowledged. Beside it: the same messages only stored by NATS, with no ledger.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import TypeVar

from nats.aio.client import Client
from nats.js.api import StreamConfig

from adapters.embedded import running_engines
from adapters.nats.address import NatsAddress
from adapters.nats.connection import connect
from adapters.nats.usage import CONSUMER, STREAM
from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import Session
from bench.stand import ORG, Stand, keys_of
from bench.traffic import Batches

CONNECTIONS, LINES, WALLETS = 16, 100, 100
MESSAGES = 500
TARGET = Target(must=0.8)
"""Of the rate of HTTP."""
PAUSE_S = 0.01
PATIENCE_S = 300.0
AHEAD = 200
"""Messages that are sent before the first of them is answered."""
ONLY_STORED = "only_stored"

T = TypeVar("T")


def answer(session: Session) -> list[Answer]:
    """Lines a second by NATS, by HTTP, and their ratio."""
    messages = max(20, int(MESSAGES * session.scale.size))
    with session.stand() as stand:
        requests = Batches(stand.door(), WALLETS, LINES)
        series = session.measure(stand, requests, CONNECTIONS, per_answer=LINES)
        bus = _bus_of(stand)
        headers = {"Authorization": f"Bearer {keys_of(stand.data)[ORG]}"}
        rates, stored = [], []
        for _ in range(1 + session.scale.runs):
            bodies = [request.partition(b"\r\n\r\n")[2] for request in islice(requests, messages)]
            rates.append(LINES * messages / _on(bus, _taken(bodies, headers)))
            stored.append(LINES * messages / _on(bus, _stored(bodies, headers)))
    limits = {"batches over HTTP": series.rates, "only stored by NATS": stored[1:]}
    http = series.answer("batches of 100 over HTTP", "lines/s", None, {})
    part = [rate / http.median for rate in rates[1:]]
    return [
        Answer("batches of 100 by NATS", "lines/s", rates[1:], limits=limits),
        Answer("batches by NATS, of the rate over HTTP", "ratio", part, TARGET),
        http,
    ]


def _taken(
    bodies: Sequence[bytes], headers: dict[str, str]
) -> Callable[[Client], Awaitable[float]]:
    async def work(client: Client) -> float:
        began = time.perf_counter()
        await _send(client, f"usage.{ORG}", bodies, headers)
        deadline = began + PATIENCE_S
        while not await _is_done(client):
            assert time.perf_counter() < deadline, "not all usage was taken"
            await asyncio.sleep(PAUSE_S)
        return time.perf_counter() - began

    return work


def _stored(
    bodies: Sequence[bytes], headers: dict[str, str]
) -> Callable[[Client], Awaitable[float]]:
    async def work(client: Client) -> float:
        await client.jetstream().add_stream(StreamConfig(ONLY_STORED, subjects=[ONLY_STORED]))
        began = time.perf_counter()
        await _send(client, ONLY_STORED, bodies, headers)
        took = time.perf_counter() - began
        await client.jetstream().delete_stream(ONLY_STORED)
        return took

    return work


async def _send(
    client: Client, subject: str, bodies: Sequence[bytes], headers: dict[str, str]
) -> None:
    publish = client.jetstream().publish
    for first in range(0, len(bodies), AHEAD):
        await asyncio.gather(
            *(publish(subject, body, headers=headers) for body in bodies[first : first + AHEAD])
        )


async def _is_done(client: Client) -> bool:
    info = await client.jetstream().stream_info(STREAM)
    reader = await client.jetstream().consumer_info(STREAM, CONSUMER)
    return info.state.messages == 0 and reader.num_ack_pending == 0


def _bus_of(stand: Stand) -> NatsAddress:
    urls = running_engines(stand.data)
    assert urls is not None
    return NatsAddress((str(urls.nats_url),))


def _on(bus: NatsAddress, work: Callable[[Client], Awaitable[T]]) -> T:
    async def connected() -> T:
        client = await connect(bus, "bench")
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(connected())


QUESTION = Question("inbound", "usage from NATS, against HTTP", 30, answer)

if __name__ == "__main__":
    main(QUESTION)
