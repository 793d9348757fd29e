"""Many gateway clients at once, with the twins and retries that real ones make."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from api.demo.trace import Request

BATCH = 50
RETRY_AFTER_S = 0.1
PATIENCE_S = 60.0


@dataclass
class Tally:
    """What the clients saw."""

    posted: int = 0
    requests: int = 0
    replayed: int = 0
    refused: list[object] = field(default_factory=list)
    last_sequence: int = 0


@dataclass(frozen=True)
class Post:
    """One HTTP request, a line alone or a batch: `times` at once, or `again` much later."""

    lines: Sequence[Request]
    times: int = 1
    again: bool = False


def plan(requests: Sequence[Request], seed: int) -> Iterator[Post]:
    """Yield two thirds of the lines alone, a third in batches; 2 % twins, and 2 % again much
    later."""
    draw = random.Random(seed)  # noqa: S311  # a reproducible plan, not a secret
    again = []
    place = 0
    while place < len(requests):
        size = BATCH if draw.random() < 1 / 100 else 1
        lines = requests[place : place + size]
        place += size
        yield Post(lines, times=2 if draw.random() < 0.02 else 1)
        if draw.random() < 0.02:
            again.append(Post(lines, again=True))
    yield from again


async def replay(
    url: str,
    key: str,
    posts: Iterator[Post],
    model: str,
    clients: int,
    on_progress: Callable[[int], None],
    turn: Callable[[], Awaitable[None]] | None = None,
) -> Tally:
    """Send every post; what is not answered is sent again, as the contract says is always safe.

    A client waits for its `turn` before each.
    """
    tally = Tally()
    connector = aiohttp.TCPConnector(limit=0)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        aiohttp.ClientSession(url, connector=connector, headers=headers) as session,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(clients):
            group.create_task(_client(session, posts, model, tally, on_progress, turn))
    return tally


async def _client(
    session: aiohttp.ClientSession,
    posts: Iterator[Post],
    model: str,
    tally: Tally,
    on_progress: Callable[[int], None],
    turn: Callable[[], Awaitable[None]] | None,
) -> None:
    for post in posts:
        if turn is not None:
            await turn()
        bodies = [line.body(model) for line in post.lines]
        answers = await asyncio.gather(*(_send(session, bodies) for _ in range(post.times)))
        tally.posted += len(bodies) * post.times
        tally.requests += post.times
        for result in (each for answer in answers for each in answer):
            _count(tally, result)
        if not post.again:
            on_progress(len(bodies))


def _count(tally: Tally, result: dict[str, Any]) -> None:
    if result["status"] >= 400:
        tally.refused.append(result["problem"])
        return
    tally.replayed += bool(result["replayed"])
    tally.last_sequence = max(tally.last_sequence, result["transaction"]["sequence"])


async def _send(
    session: aiohttp.ClientSession, bodies: list[dict[str, object]]
) -> list[dict[str, Any]]:
    """Return the result of each line, alone or in a batch; an unknown outcome is asked for
    again."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                results = await _post(session, bodies)
            except aiohttp.ClientError:
                results = None
            if results is not None and all(result["status"] < 500 for result in results):
                return results
            await asyncio.sleep(RETRY_AFTER_S)


async def _post(
    session: aiohttp.ClientSession, bodies: list[dict[str, object]]
) -> list[dict[str, Any]] | None:
    if len(bodies) > 1:
        batch = {"mode": "independent", "items": bodies}
        async with session.post("/v1/billing/usage/batch", json=batch) as response:
            return (await response.json())["results"] if response.status == 200 else None
    async with session.post("/v1/billing/usage", json=bodies[0]) as response:
        answer = await response.json()
        ok = response.status < 400
        return [
            {
                "status": response.status,
                "replayed": response.headers.get("Idempotency-Replayed") == "true",
                "transaction": answer if ok else None,
                "problem": None if ok else answer,
            }
        ]
