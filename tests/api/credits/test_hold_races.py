"""Capture, release and expiry race for the same holds: each ends exactly once."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import aiohttp
import psycopg

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.served import Api, Json, Served, served

CLIENTS, HOLDS, USERS = 64, 1_000, 20
LASTS_S = 4
ENDS = ("credits.HoldCaptured", "credits.HoldReleased", "credits.HoldExpired")
Answer = tuple[str, str, int]
"""The hold, what was asked of it, and the status."""


def test_64_clients_race_to_end_1000_holds(new_endpoints: Callable[[], Endpoints]) -> None:
    ends = new_endpoints()
    with served(ends) as service:
        admin = service.new_admin()
        for number in range(USERS):
            admin.deposit(f"user-{number}", "1000")
        answers = asyncio.run(race(service, admin))
        time.sleep(1)
        for number in range(USERS):
            admin.deposit(f"user-{number}", "1")  # records what has fallen due
        facts = facts_of(service, str(admin.org))
        check(answers, facts)
        for number in range(USERS):
            assert admin.balance(f"user-{number}")["held"] == "0"
        report = verify(ends)
        assert report.exit_code == 0, report.as_dict()


async def race(service: Served, admin: Api) -> list[Answer]:
    """Each hold is placed, then captured, released and captured again by whoever comes."""
    timeout = aiohttp.ClientTimeout(total=120)
    # Idle connections are ours to close before the server does.
    connector = aiohttp.TCPConnector(limit=CLIENTS, keepalive_timeout=2)
    async with aiohttp.ClientSession(
        service.base_url, connector=connector, timeout=timeout, headers=admin.headers
    ) as session:
        holds = await place(session)
        chance = random.Random(7)
        work = [(hold, what) for hold in holds for what in ("capture", "capture", "release")]
        chance.shuffle(work)
        # Spread over the life of the holds and a little beyond it, so that many expire meanwhile.
        begun = time.monotonic()
        due = [begun + place * (LASTS_S + 1) / len(work) for place in range(len(work))]
        queue = list(zip(due, work, strict=True))[::-1]
        answers: list[Answer] = []

        async def client() -> None:
            while queue:
                at, (hold, what) = queue.pop()
                await asyncio.sleep(max(0.0, at - time.monotonic()))
                body = {"amount": "0.5"} if what == "capture" else None
                answers.append((hold, what, await post(session, f"{hold}/{what}", body)))

        await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return answers


async def place(session: aiohttp.ClientSession) -> list[str]:
    async def one(number: int) -> str:
        body = {"user": f"user-{number % USERS}", "amount": "1", "expires_in": LASTS_S}
        headers = {"Idempotency-Key": f"hold {number}"}
        async with session.post("/v1/billing/holds", json=body, headers=headers) as response:
            placed: Json = await response.json()
            return str(placed["id"])

    return await asyncio.gather(*(one(number) for number in range(HOLDS)))


_keys = iter(range(1_000_000))


async def post(session: aiohttp.ClientSession, path: str, body: Any) -> int:
    headers = {"Idempotency-Key": f"end {next(_keys)}"}
    url = f"/v1/billing/holds/{path}"
    async with session.post(url, json=body, headers=headers) as response:
        await response.read()
        return response.status


def facts_of(service: Served, org: str) -> list[tuple[str, str]]:
    """The type of each event that ends a hold, and the hold."""
    with psycopg.connect(service.ends.database.owner) as connection:
        return connection.execute(
            "SELECT type, coalesce(body #>> '{hold,id}', body ->> 'hold') FROM ("
            "SELECT sequence, type, convert_from(body, 'UTF8')::jsonb AS body FROM tally.events "
            "WHERE org = %s AND type LIKE 'credits.%%Hold%%' AND type <> 'credits.HoldPlaced'"
            ") AS e ORDER BY sequence",
            [org],
        ).fetchall()


def check(answers: list[Answer], facts: list[tuple[str, str]]) -> None:
    """Every hold has one end, and every answer is what an event says."""
    ended = Counter(hold for kind, hold in facts if kind in ENDS)
    assert len(ended) == HOLDS
    assert set(ended.values()) == {1}
    kinds = Counter(kind for kind, _ in facts)
    assert all(kinds[kind] for kind in ENDS), f"the race had one winner only: {kinds}"
    assert {status for _, _, status in answers} == {200, 409}
    expired = {hold for kind, hold in facts if kind == "credits.HoldExpired"}
    lapsed = [hold for kind, hold in facts if kind == "credits.LapsedHoldCaptured"]
    assert len(set(lapsed)) == len(lapsed)
    assert set(lapsed) <= expired
    won = Counter((hold, what) for hold, what, status in answers if status == 200)
    assert set(won.values()) == {1}
    released = {hold for kind, hold in facts if kind == "credits.HoldReleased"}
    captured = {hold for kind, hold in facts if kind == "credits.HoldCaptured"} | set(lapsed)
    assert {hold for hold, what in won if what == "release"} == released
    assert {hold for hold, what in won if what == "capture"} == captured
