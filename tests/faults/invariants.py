"""Invariants: what must be true of a store after whatever has happened to it.

Each says how often it was broken; the names in brackets are those of the reliability plan.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TypeAlias

import aiohttp
from clickhouse_connect.driver.exceptions import ClickHouseError
from nats.errors import Error as NatsError

from adapters.clickhouse import connection as clickhouse
from adapters.nats.address import NatsAddress
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import LedgerError
from tests.faults.listener import Listener
from tests.faults.load import SEND_AGAIN, Load, Request
from tests.faults.world import World
from tests.processes.feed.reading import published

CAUGHT_UP_S = 30.0
REPLAYED = 60
"""So many of the acknowledged requests are sent again."""

_LINES = """
SELECT org, line ->> 'id', (line ->> 'amount')::bigint FROM (
    SELECT org, jsonb_array_elements(b -> 'lines') line FROM (
        SELECT org, convert_from(body, 'UTF8')::jsonb b FROM tally.events
         WHERE type = 'credits.UsageRecorded') u
    UNION ALL
    SELECT org, convert_from(body, 'UTF8')::jsonb -> 'line' FROM tally.events
     WHERE type IN ('credits.HoldCaptured', 'credits.LapsedHoldCaptured')) lines
"""
_ENDS = """
SELECT org, convert_from(body, 'UTF8')::jsonb ->> 'hold', type FROM tally.events
 WHERE type IN ('credits.HoldCaptured', 'credits.HoldReleased', 'credits.HoldExpired',
                'credits.LapsedHoldCaptured')
"""
_NUMBERED = """
SELECT count(*) FROM (
    SELECT {number} - lag({number}, 1, {first}) OVER (PARTITION BY {of} ORDER BY {number}) AS step
      FROM tally.events) steps
 WHERE step <> 1
"""
_BACKWARDS = """
SELECT count(*) FROM (
    SELECT recorded_us - lag(recorded_us) OVER (PARTITION BY org ORDER BY sequence) AS step
      FROM tally.events) steps
 WHERE step < 0
"""


@dataclass(frozen=True)
class Store:
    """What a campaign has left, and what its clients were told."""

    world: World
    load: Load


def acknowledged_lost(store: Store) -> int:
    """Return how many acknowledged lines are not stored, or with another amount (I2)."""
    stored = {(org, line): amount for org, line, amount in store.world.ask(_LINES)}
    told = store.load.told.lines
    return sum(stored.get(line) != amount for line, amount in told.items())


def doubled(store: Store) -> int:
    """Return how many lines are stored more than once."""
    stored = store.world.ask(_LINES)
    return len(stored) - len({(org, line) for org, line, _ in stored})


def ghosts(store: Store) -> int:
    """Return how many lines are stored that nobody was told of (I3)."""
    stored = {(org, line) for org, line, _ in store.world.ask(_LINES)}
    return len(stored - store.load.told.lines.keys())


def unbalanced(store: Store) -> int:
    """Return how many users have not what they were given less what they have spent (I4)."""
    wrong = 0
    rows = store.world.ask("SELECT org, owner, credits, held, debt FROM tally.balances")
    for org, owner, credits, held, debt in rows:
        told = store.load.told
        left = told.given[org, owner] - told.spent[org, owner]
        wrong += (credits, held, debt) != (left, 0, 0)
    return wrong


def holds_not_ended_once(store: Store) -> int:
    """Return how many holds have another end than was told, none, or several (I5)."""
    ends = Counter((org, hold) for org, hold, _ in store.world.ask(_ENDS))
    words = {"credits.HoldCaptured": "captured", "credits.HoldReleased": "released"}
    said = {(org, hold): words.get(kind) for org, hold, kind in store.world.ask(_ENDS)}
    several = sum(count != 1 for count in ends.values())
    return several + len(said.items() ^ store.load.told.holds.items())


def miscounted_months(store: Store) -> int:
    """Return by how much what counts over the month differs."""
    ((used,),) = store.world.ask("SELECT coalesce(sum(used), 0)::bigint FROM tally.meter_counters")
    return abs(int(used) - store.load.told.counted)


def gaps(store: Store) -> int:
    """Return where versions, sequences or positions do not follow each other (I6)."""
    orders = [
        ("sequence", "org", "0"),
        ("version", "org, stream", "0"),
        ("position", "position >> 48", "(position >> 48) << 48"),
    ]
    found = 0
    for number, of, first in orders:
        query = _NUMBERED.format(number=number, of=of, first=first)
        found += int(store.world.ask(query)[0][0])
    return found


def backwards(store: Store) -> int:
    """Return how often recorded time ran backwards in an org."""
    return int(store.world.ask(_BACKWARDS)[0][0])


def unfollowed(store: Store) -> int:
    """Return by how much the lists and the analysts' table differ once they have caught up (I7,
    I8): lines too few, too many, or twice, and their amounts."""
    deadline = time.monotonic() + CAUGHT_UP_S
    expected = (len(store.load.told.lines), sum(store.load.told.lines.values()))
    while (followed := _followed(store.world)) != [expected, expected]:
        if time.monotonic() > deadline:
            return sum(abs(a - b) for each in followed for a, b in zip(each, expected, strict=True))
        time.sleep(0.1)
    return 0


def _followed(world: World) -> list[tuple[int, int]]:
    try:
        with closing(clickhouse.connect(str(world.urls().clickhouse_url))) as client:
            (analysts,) = client.query("SELECT count(), sum(amount) FROM usage FINAL").result_rows
    except ClickHouseError:
        analysts = (0, 0)  # it is coming back, or has no table yet
    (listed,) = world.ask(
        "SELECT count(*), coalesce(-sum(amount), 0)::bigint FROM tally.transactions "
        "WHERE amount < 0"
    )
    return [(int(a), int(b)) for a, b in (listed, analysts)]


def unpublished(store: Store) -> int:
    """Return how many messages of the feed are missing, come twice or out of the order of their
    org, once it has caught up."""
    deadline = time.monotonic() + CAUGHT_UP_S
    expected = store.world.ask("SELECT org, sequence FROM tally.events ORDER BY org, sequence")
    while (found := _published(store.world)) != expected:
        if time.monotonic() > deadline:
            misplaced = sum(a != b for a, b in zip(found, expected, strict=False))
            return misplaced + abs(len(found) - len(expected))
        time.sleep(0.1)
    return 0


def _published(world: World) -> list[tuple[str, int]]:
    """Return what the stream has, by org; each org's in the order of the stream."""
    try:
        messages = published(NatsAddress((str(world.urls().nats_url),)))
    except (LedgerError, NatsError):
        return []  # it is coming back, or has no stream yet
    names = [each.id.rpartition("-") for each in messages]
    return sorted(((org, int(number)) for org, _, number in names), key=lambda each: each[0])


def unseen(listener: Listener) -> Invariant:
    """Return the invariant of a listener: how many events it was never told of, of none, otherwise
    the second time, or out of the order of their org, once it has caught up."""

    def unseen(store: Store) -> int:
        deadline = time.monotonic() + CAUGHT_UP_S
        expected = store.world.ask("SELECT org, sequence FROM tally.events ORDER BY org, sequence")
        while (found := listener.in_order()) != expected and time.monotonic() < deadline:
            time.sleep(0.1)
        missing, misplaced = set(expected) ^ set(found), found != expected
        return len(listener.otherwise) + (len(missing) or misplaced)

    return unseen


def answered_otherwise(store: Store) -> int:
    """Return how many requests are answered otherwise when they are sent again, or taken with
    another content, and how many events that has left (I12)."""
    before = store.world.ask("SELECT count(*) FROM tally.events")
    wrong = asyncio.run(_send_again(store.load))
    return wrong + (store.world.ask("SELECT count(*) FROM tally.events") != before)


async def _send_again(load: Load) -> int:
    requests = sorted(load.told.answers, key=str)
    wrong = 0
    async with aiohttp.ClientSession() as session:
        for request in random.Random(0).sample(requests, min(REPLAYED, len(requests))):
            again = await load.until_acknowledged(session, request)
            wrong += again != load.told.answers[request]
            wrong += not await _is_refused(load, session, request)
    return wrong


async def _is_refused(load: Load, session: aiohttp.ClientSession, request: Request) -> bool:
    """Tell whether the same id with another content is refused as such."""
    body = json.loads(request.body or b"{}")
    if "amount" not in body:
        return True
    other = json.dumps(body | {"amount": "17"}).encode()
    headers = load.authorized(request.org) | request.headers
    url = load.world.url + request.path
    code = "unavailable"
    while code in SEND_AGAIN:
        async with session.post(url, data=other, headers=headers) as response:
            answer = await response.json(content_type=None)
        code = answer.get("code", "")
    return bool(code == "idempotency_key_reused")


def not_verified(store: Store) -> int:
    """Return whether `tally verify` finds anything: chain, postings, balances, read models,
    signatures (I1, I7, I14)."""
    with store.world.operator() as service:
        for org in store.load.orgs:
            service.wait_until_sealed(org)
    verified = store.world.tally("verify")
    if verified.returncode:
        print(verified.stdout, verified.stderr)
    return int(verified.returncode != 0)


def wrong_answers(store: Store) -> int:
    """Return how many answers were no documented problem, or a wrong number."""
    for each in store.load.told.wrong[:5]:
        print("wrong:", each)
    return len(store.load.told.wrong)


def faults_of_ours(store: Store) -> int:
    """Return how often a process has said that it met a fault of its own: faults of others are
    told as what they are."""
    query = "SELECT times FROM tally.alarms WHERE alarm = %s"
    return sum(times for (times,) in store.world.ask(query, Alarm.FAULT_OF_OURS))


Invariant: TypeAlias = Callable[[Store], int]

SOON: tuple[Invariant, ...] = (
    wrong_answers,
    acknowledged_lost,
    doubled,
    ghosts,
    unbalanced,
    holds_not_ended_once,
    miscounted_months,
    gaps,
    backwards,
)
LATER: tuple[Invariant, ...] = (
    unfollowed,
    unpublished,
    answered_otherwise,
    not_verified,
    faults_of_ours,
)
"""Those that take seconds."""


def broken(store: Store, invariants: Sequence[Invariant] = SOON + LATER) -> dict[str, int]:
    """Return the invariants that do not hold, and how often."""
    found = {each.__name__: each(store) for each in invariants}
    return {name: times for name, times in found.items() if times}
