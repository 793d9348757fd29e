"""Faults of messages: each comes twice and in another order, and many meet at one wallet."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import aiohttp

from tests.faults.campaign import Run
from tests.faults.load import Json
from tests.faults.proxy import Connection, Place

FOR_S = 0.8
CLIENTS = 64
GIVEN, ASKED = 100, 3


def messages_doubled_and_reordered(run: Run) -> None:
    """Each command crosses to the writer twice, among others in another order, and some outcomes
    are lost on the way back."""
    run.world.controls.set_messages(twice=True)
    try:
        time.sleep(FOR_S * run.patience)
    finally:
        run.world.controls.set_messages(twice=False)
    run.until_served()


def requests_doubled(run: Run) -> None:
    """Each request is sent three times at once: one effect, and the same bytes for all."""
    run.load.twins = 3
    try:
        time.sleep(FOR_S * run.patience)
    finally:
        run.load.twins = 1
    run.until_served()


def many_on_one_wallet(run: Run) -> None:
    """64 clients want what is there for half of them, while the answer of a commit is lost."""
    org, user = run.load.orgs[0], f"wanted-{len(run.load.told.given)}"
    run.load.give(org, user, GIVEN)
    run.world.proxy.set_trap(Place.COMMITTED, Connection.cut)
    statuses = asyncio.run(_all_at_once(run, org, user))
    taken = GIVEN // ASKED
    assert statuses == {201: taken, 402: CLIENTS - taken}, statuses
    run.until_served()


async def _all_at_once(run: Run, org: str, user: str) -> Counter[int]:
    async with aiohttp.ClientSession(run.world.url) as session:
        return Counter(
            await asyncio.gather(*(_take(run, session, org, user, n) for n in range(CLIENTS)))
        )


async def _take(run: Run, session: aiohttp.ClientSession, org: str, user: str, place: int) -> int:
    """Return how a client's debit was answered at last; what it reads meanwhile is a sum of whole
    debits, and not below nothing."""
    line = f"{user}.{place}"
    body = {"id": line, "user": user, "amount": ASKED, "on_shortfall": "reject"}
    headers = run.load.authorized(org)
    while True:
        async with session.post("/v1/billing/usage", json=body, headers=headers) as response:
            status, answer = response.status, await response.json(content_type=None)
        if status == 201:
            run.load.note_line(org, user, line, answer)
        if status in (201, 402):
            await _look(run, session, org, user)
            return status
        assert status == 503, answer
        await asyncio.sleep(0.02)


async def _look(run: Run, session: aiohttp.ClientSession, org: str, user: str) -> None:
    path = f"/v1/billing/balance?user={user}"
    async with session.get(path, headers=run.load.authorized(org)) as response:
        balance: Json = await response.json(content_type=None)
    if response.status == 200:
        spent = GIVEN - int(balance["available"])
        if spent % ASKED or spent > GIVEN or balance["debt"] != "0":
            run.load.told.wrong.append(f"{user} was told {balance}")
