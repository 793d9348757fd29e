"""What was, by snapshots, is what the model says of the same history, told from its beginning.

The model is moved by what was asked, in the order and at the times that the events say, and knows
nothing of snapshots. Here one stands at every few events, so that moments lie before the first,
between any two, and after the last.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from adapters.embedded import EngineUrls
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.wallet_snapshots import PostgresWalletSnapshots
from api import container
from api.commands.command import Command
from api.container import projections
from api.queries.as_of import Moment, moment_of
from api.queries.credits.holds import find_hold
from api.queries.reader import Reader, query_pool
from api.time_travel.replay import Replay
from api.writer.group_commit import GroupCommit
from ledger.kernel.money import CREDIT
from ledger.kernel.times import format_time
from projections.credits.wallet_snapshots import WalletSnapshots
from projections.engine import Runner
from tests.properties.model import DAY, NEVER, MLot, MWallet
from tests.sampling import every
from tests.scenarios.commands import ORG, USER, deposit, grant, register, usage, use
from tests.scenarios.wallet_commands import capture, extend, place, release
from tests.tamper.stores import TestStore

TURNS = 40
MOMENTS = 120
SECOND = 1_000_000


class Said(NamedTuple):
    """The model after an event of the org."""

    sequence: int
    at_us: int
    wallet: MWallet


@pytest.fixture
def store(engines: EngineUrls) -> Iterator[TestStore]:
    store = TestStore.new(engines)
    store.run([register(), deposit("1", key="another's", user="bo")])
    yield store
    store.drop()


@pytest.mark.parametrize("seed", every(4, range(4)))
def test_what_was_by_snapshots_is_what_the_model_says(store: TestStore, seed: int) -> None:
    chance = random.Random(seed)
    for turn in range(TURNS):
        pass_time(store, chance)
        run(store, [command(store, chance, f"{turn}.{n}") for n in range(chance.randint(1, 5))])
    every = chance.randint(2, 9)
    follow(store, every)
    said = told(store)
    standing = store.rows("SELECT version FROM tally.wallet_snapshots WHERE owner = %s", [USER])
    ((last,),) = store.rows("SELECT version FROM tally.balances WHERE owner = %s", [USER])
    assert len(standing) == last // every > 2
    asyncio.run(compare(store, chance, said, every))


def run(store: TestStore, commands: Sequence[Command[Any]]) -> None:
    """Decide a group; what is refused changes nothing."""
    event_store = PostgresEventStore(store.ends.database.writer, name="test")
    GroupCommit(container.ledger(event_store), store.clock).run(commands)
    event_store.close()


def pass_time(store: TestStore, chance: random.Random) -> None:
    """Let the org's time go on, or stand still: then events share a microsecond."""
    if chance.random() < 0.7:
        by = chance.choice([1, SECOND, 3600 * SECOND, 5 * 3600 * SECOND])
        store.tamper(f"UPDATE tally.heads SET recorded_us = recorded_us + {by} WHERE org = '{ORG}'")


def command(store: TestStore, chance: random.Random, name: str) -> Command[Any]:
    ((now_us,),) = store.rows("SELECT recorded_us FROM tally.heads WHERE org = %s", [ORG])
    amount = str(chance.randint(1, 30))
    holds = [each for (each,) in store.rows("SELECT key FROM tally.keys WHERE space = 'hold'")]
    hold = chance.choice(holds) if holds else name
    ends = format_time(now_us + chance.randint(60, 40_000) * SECOND)
    lasts_us = chance.randint(60, 30_000) * SECOND
    kinds: list[Callable[[], Command[Any]]] = [
        lambda: deposit(amount, key=name),
        lambda: grant(amount, "promotional", key=name, expires=ends, priority=int(amount)),
        lambda: usage([use(amount, id=name)]),
        lambda: usage([use(amount, id=f"{name} a"), use("0.5", id=f"{name} b")]),
        lambda: deposit(amount, key=name, user="bo"),
        lambda: place(amount, id=name, lasts_us=lasts_us),
        lambda: extend(lasts_us, hold, key=name),
        lambda: capture(amount, id=hold, key=name),
        lambda: release(hold, key=name),
    ]
    return chance.choice(kinds)()


def follow(store: TestStore, every: int) -> None:
    every_end = {end.name: end for end in projections(store.ends, linger_s=0)}
    snapshots = PostgresWalletSnapshots(store.ends.database.writer, WalletSnapshots.name, every)
    for end in (every_end["transactions"], WalletSnapshots(snapshots, linger_s=0, every=every)):
        assert Runner(end, threading.Event()).catch_up()


def told(store: TestStore) -> list[Said]:
    """The model after each event of the org, from none on."""
    wallet = MWallet()
    said = [Said(0, 0, wallet)]
    for sequence, at_us, stream, type_, body in store.rows(
        "SELECT sequence, recorded_us, stream, type, body FROM tally.events "
        "WHERE org = %s ORDER BY sequence",
        [ORG],
    ):
        if stream == f"wallet/{CREDIT}/{USER}":
            wallet = wallet.until(at_us)
            move(wallet, type_.split(".")[1], json.loads(body), at_us)
        said.append(Said(sequence, at_us, wallet))
    return said


def move(wallet: MWallet, what: str, body: dict[str, Any], at_us: int) -> None:
    """What was asked for, done to the model."""
    match what:
        case "CreditsDeposited" | "CreditsGranted":
            lot = body["lot"]
            ends = lot.get("expires_us") or NEVER
            priority = lot.get("priority", 50)
            wallet.add(
                MLot(0, lot["kind"], lot["amount"], lot["effective_us"], ends, priority), at_us
            )
        case "UsageRecorded":
            for line in body["lines"]:
                wallet.spend(line["amount"], at_us)
        case "HoldPlaced":
            hold = body["hold"]
            held = sum(part["amount"] for part in hold["lots"])
            wallet.hold(hold["id"], held, at_us, hold["expires_us"])
        case "HoldExtended":
            hold = body["hold"]
            placed = wallet.holds[hold["id"]]
            wallet.holds[hold["id"]] = replace(placed, ends=hold["expires_us"])
        case "HoldCaptured":
            wallet.capture(body["hold"], body["line"]["amount"], at_us)
        case "HoldReleased":
            wallet.give_back(wallet.end(body["hold"]), at_us)
        case "LapsedHoldCaptured":
            assert at_us < wallet.lapsed.pop(body["hold"])
            wallet.spend(body["line"]["amount"], at_us)
        case _:
            assert what in ("WalletOpened", "LotsExpired", "HoldExpired"), what


async def compare(
    store: TestStore, chance: random.Random, said: Sequence[Said], every: int
) -> None:
    pool = query_pool(store.ends.database.query, size=2)
    await pool.open()
    reader = Reader(pool)
    now_us = said[-1].at_us + DAY
    try:
        for sequence in chance.sample(range(len(said)), min(MOMENTS, len(said))):
            asked = await moment_of(reader, ORG, str(sequence), now_us)
            assert asked == Moment(sequence, said[sequence].at_us)
            await compare_at(reader, asked, said[sequence])
        for at_us in times(chance, said):
            asked = await moment_of(reader, ORG, format_time(at_us), now_us)
            last = [each for each in said if each.at_us <= at_us][-1]
            assert asked == Moment(last.sequence, at_us)
            await compare_at(reader, asked, last)
        await compare_holds(store, reader, said[-1], every)
    finally:
        await pool.close()


def times(chance: random.Random, said: Sequence[Said]) -> list[int]:
    """Before the first event, at some, a microsecond beside them, between, and after the last."""
    events = [each.at_us for each in said[1:]]
    near = [at_us + beside for at_us in set(events) for beside in (-1, 0, 1)]
    between = [chance.randint(events[0], events[-1]) for _ in range(MOMENTS // 2)]
    drawn = chance.sample(near, min(MOMENTS, len(near)))
    return [0, events[0] - 1, *drawn, *between, events[-1] + DAY]


async def compare_at(reader: Reader, asked: Moment, said: Said) -> None:
    balance = (await Replay(reader).wallets(ORG, USER, CREDIT, asked)).of(CREDIT)
    right = said.wallet.until(asked.at_us)
    held = sum(lot.held for lot in right.lots)
    found = (balance.available, balance.held, balance.debt)
    assert found == (right.available(asked.at_us), held, right.debt), asked


async def compare_holds(store: TestStore, reader: Reader, said: Said, every: int) -> None:
    """A hold is open when the model has it, and else has ended."""
    placed = [each for (each,) in store.rows("SELECT key FROM tally.keys WHERE space = 'hold'")]
    for hold in placed:
        found = await find_hold(reader, ORG, hold, said.at_us, every=every)
        assert found is not None
        right = said.wallet.holds.get(hold)
        assert (found.status == "open") == (right is not None)
        assert right is None or found.hold.expires_us == right.ends
