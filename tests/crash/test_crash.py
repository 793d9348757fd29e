"""The short form of `make crash`, and the kills of who takes usage from NATS."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest
from nats.aio.client import Client
from nats.js.api import ConsumerConfig

from adapters.nats.address import NatsAddress
from adapters.nats.usage import CONSUMER, STREAM
from tests.crash.campaign import WORKER, Storm
from tests.faults.campaign import Run, campaign
from tests.faults.invariants import LATER, SOON, Store, broken, unseen
from tests.faults.kills import CHILDREN
from tests.faults.listener import Listener
from tests.faults.load import Load
from tests.faults.proxy import Place
from tests.faults.world import World
from tests.processes.feed.reading import on

SEED = 20261120
KILLED = ("writer", "postgres", "projector")
REDELIVERED_S = 1.0
"""When a message is handed out again of which nothing was heard; it is a minute otherwise."""

ANSWERED_S = 60.0
STORED = """
SELECT count(*) FROM tally.events, jsonb_array_elements(convert_from(body, 'UTF8')::jsonb
 -> 'lines') line WHERE type = 'credits.UsageRecorded' AND line ->> 'id' = ANY(%s)
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Several writers and workers, and an org for each writer."""
    with World(tmp_path_factory.mktemp("crash"), writers=2, workers=3) as world:
        load = Load(world, ["storm-1", "storm-2"], SEED, by_nats=2, pause_s=2.0, batch=20)
        load.set_up()
        yield Run(world, load, random.Random(SEED))


@pytest.fixture
def bus(run: Run) -> NatsAddress:
    return NatsAddress((str(run.world.urls().nats_url),))


def test_no_acknowledged_debit_is_lost_or_doubled_whichever_process_is_killed(
    run: Run, bus: NatsAddress
) -> None:
    """Orgs move meanwhile; a consumer of the feed misses nothing. `make crash` kills all others,
    too; `make copies` compares what is copied after each kill, and after engines were wiped."""
    storm = Storm(kills=1, writers=2, workers=3, report=print, only=KILLED)
    with Listener(bus) as listener:
        outcome = campaign(run, storm, 1, (*SOON, *LATER, unseen(listener)))
    assert not outcome.broken
    assert storm.killed == dict.fromkeys(KILLED, 1)
    assert storm.moves
    assert run.load.messages
    assert outcome.acknowledged > 100


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(Place.BEFORE, marks=pytest.mark.slow),
        Place.SENT,
        pytest.param(Place.COMMITTED, marks=pytest.mark.slow),
    ],
)
def test_a_batch_whose_takers_are_killed_in_its_commit_comes_again_and_counts_once(
    run: Run, bus: NatsAddress, place: Place
) -> None:
    on(bus, _hand_out_soon)
    before = on(bus, _handed_out)
    items = [
        {"id": f"{place.name} {number}", "user": "u0", "amount": "0.25"} for number in range(3)
    ]
    trap = run.world.proxy.set_trap(place, lambda _: _kill_takers(run))
    status, answer = on(bus, lambda client: _send(run, client, items))
    assert trap.sprung.is_set()
    assert status == 200
    for item, result in zip(items, answer["results"], strict=True):
        assert result["status"] in (200, 201)
        run.load.note_line("storm-1", "u0", item["id"], result["transaction"])
    assert run.world.ask(STORED, [item["id"] for item in items]) == [(3,)]
    assert on(bus, _handed_out) >= before + 2
    _until_done(bus)
    assert not broken(Store(run.world, run.load), SOON)


def _kill_takers(run: Run) -> None:
    for each in run.world.processes(CHILDREN[WORKER]):
        with suppress(psutil.NoSuchProcess):
            each.kill()


def _until_done(bus: NatsAddress) -> None:
    deadline = time.monotonic() + ANSWERED_S
    while on(bus, _left):
        assert time.monotonic() < deadline, "a message is never done"
        time.sleep(0.05)


async def _left(client: Client) -> int:
    return int((await client.jetstream().stream_info(STREAM)).state.messages)


async def _hand_out_soon(client: Client) -> None:
    jetstream = client.jetstream()
    settings: ConsumerConfig = (await jetstream.consumer_info(STREAM, CONSUMER)).config
    settings.ack_wait = REDELIVERED_S
    await jetstream.add_consumer(STREAM, settings)


async def _handed_out(client: Client) -> int:
    """How often messages were handed out."""
    delivered = (await client.jetstream().consumer_info(STREAM, CONSUMER)).delivered
    return 0 if delivered is None else int(delivered.consumer_seq)


async def _send(run: Run, client: Client, items: list[Any]) -> tuple[int, Any]:
    """Send a batch once, and return its answer."""
    place = f"usage.answers.storm-1.{items[0]['id'].split()[0]}"
    answers = await client.subscribe(place)
    body = json.dumps({"mode": "independent", "items": items}).encode()
    headers = {**run.load.authorized("storm-1"), "Tally-Reply": place}
    await client.jetstream().publish("usage.storm-1", body, headers=headers)
    answer = await answers.next_msg(ANSWERED_S)
    return int((answer.headers or {})["Tally-Status"]), json.loads(answer.data)
