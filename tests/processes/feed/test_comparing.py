"""`tally compare` knows the feed's stream as every other copy: what is missing there, said
otherwise, or of no event, is named and mended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nats.aio.client import Client
from nats.js.api import DiscardPolicy, StreamConfig
from typer.testing import CliRunner

from adapters.nats.address import NatsAddress
from adapters.nats.feed import STREAM, NatsFeed, forget_ids
from adapters.nats.kept_messages import place_of
from adapters.nats.retention import CLOCKS_APART_US, retention_of
from api.container import projections
from examples.feed import spent
from ledger.ports import RecordedEvent
from projections.engine import Runner
from projections.feed import FEED
from projections.followers import FOLLOWERS
from projections.ports import Message
from tests.command_line import app
from tests.processes.feed.reading import on, published
from tests.processes.projections.test_comparing import compared, of
from tests.processes.projections.test_exactly_once import begin, fill
from tests.tamper.stores import TestStore

EVENTS = 34
Set = Callable[[StreamConfig], None]


@pytest.fixture
def told(store: TestStore, bus: NatsAddress, monkeypatch: pytest.MonkeyPatch) -> TestStore:
    """A ledger of which every copy is up to date."""
    monkeypatch.setenv("TALLY_DATABASE_URL", store.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", store.clickhouse_url)
    monkeypatch.setenv("TALLY_NATS_URL", bus.urls[0])
    begin(store)
    catch_up(store, bus)
    return store


def catch_up(store: TestStore, bus: NatsAddress) -> None:
    for end in projections(replace(store.ends, nats=bus), linger_s=0):
        assert Runner(end, threading.Event()).catch_up()


def lose(bus: NatsAddress, *sequences: int) -> list[Message]:
    """Delete messages of acme from a stream that nobody has changed; return what it had."""
    whole = published(bus)
    names = [message.id for message in whole]

    async def work(client: Client) -> None:
        for sequence in sequences:
            await client.jetstream().delete_msg(STREAM, names.index(f"acme-{sequence}") + 1)

    on(bus, work)
    return whole


def say(bus: NatsAddress, subject: str, body: bytes, name: str | None) -> None:
    headers = {} if name is None else {"Nats-Msg-Id": name}
    on(bus, lambda client: client.jetstream().publish(subject, body, headers=headers))


def forget(bus: NatsAddress, *names: str) -> None:
    async def work(client: Client) -> None:
        kept = (await client.jetstream().stream_info(STREAM)).config
        await forget_ids(client, kept, names)

    on(bus, work)


def configure(bus: NatsAddress, change: Set) -> None:
    async def work(client: Client) -> None:
        kept = (await client.jetstream().stream_info(STREAM)).config
        change(kept)
        await client.jetstream().update_stream(kept)

    on(bus, work)


def test_one_row_altered_one_deleted_and_one_message_missing_are_named_and_mended(
    told: TestStore, bus: NatsAddress, tmp_path: Path
) -> None:
    """Whoever counts each message once counts the one that was put back, too."""
    path = str(tmp_path / "spent.sqlite")
    code, found = compared()
    assert (code, of(found, FEED)["checked"]) == (0, EVENTS)
    assert [check["kind"] for check in found["checks"]] == [*FOLLOWERS, FEED]

    told.analysts("ALTER TABLE usage UPDATE amount = amount + 7 WHERE sequence = 10")
    told.tamper("DELETE FROM tally.transactions WHERE sequence = 11")
    whole = lose(bus, 12)
    code, found = compared()
    assert code == 1
    named = {check["kind"]: check["first"] for check in found["checks"] if check["wrong"]}
    assert {name: (first["org"], first["sequence"]) for name, first in named.items()} == {
        "usage": ("acme", 10),
        "transactions": ("acme", 11),
        FEED: ("acme", 12),
    }
    assert "amount is 10007, the events say 10000" in named["usage"]["detail"]
    assert named["transactions"]["detail"] == named[FEED]["detail"] == "missing"
    days = {day["copy"]: day["right"] - day["stored"] for day in found["days"]}
    assert days == {"usage": 0, "transactions": 1, FEED: 1}

    assert spent(bus.urls[0], "acme", path) == {"ada": "0.29"}
    code, found = compared("--repair")
    assert (code, found["mended"]) == (0, 3)
    assert told.verify().exit_code == 0
    (lost,) = (message for message in whole if message.id == "acme-12")
    assert published(bus) == [*(message for message in whole if message != lost), lost]
    fill(told, "later")
    catch_up(told, bus)
    assert compared()[0] == 0
    assert spent(bus.urls[0], "acme", path) == {"ada": "0.6"}


def test_what_is_said_otherwise_and_what_no_event_says_is_mended(
    told: TestStore, bus: NatsAddress
) -> None:
    whole = lose(bus, 5, 6, 7)
    same, _, other = (m for m in whole if m.id in ("acme-5", "acme-6", "acme-7"))
    assert b"0.01" in other.body
    forget(bus, same.id, other.id)
    say(bus, same.subject, same.body, same.id)
    say(bus, other.subject, other.body.replace(b"0.01", b"0.02"), other.id)
    say(bus, "ledger.acme.credits.UsageRecorded", b"{}", "acme-9999")
    say(bus, "ledger.ghost.x.Y", b"no JSON", None)
    code, found = compared()
    assert (code, of(found, FEED)["wrong"]) == (1, 4)
    assert "body is " in of(found, FEED)["first"]["detail"]
    code, found = compared("--repair")
    assert (code, found["mended"]) == (0, 4)
    assert sorted(published(bus)) == sorted(whole)


def test_what_has_left_the_stream_is_not_missing_and_what_has_not_is(
    told: TestStore, bus: NatsAddress
) -> None:
    lose(bus, 25)
    configure(bus, lambda kept: setattr(kept, "max_msgs", 20))
    code, found = compared()
    feed = of(found, FEED)
    assert (code, feed["wrong"], feed["first"]["sequence"]) == (1, 1, 25)
    assert feed["left_out"] == ("13 events may have left the stream, which keeps so many messages.")
    code, found = compared("--repair")
    assert (code, of(found, FEED)["checked"]) == (0, 20)
    assert "14 events may" in CliRunner().invoke(app, ["compare"]).output


def test_a_stream_that_is_gone_is_filled_anew_and_that_of_another_ledger_left_alone(
    told: TestStore, bus: NatsAddress
) -> None:
    whole = published(bus)
    on(bus, lambda client: client.jetstream().delete_stream(STREAM))
    code, found = compared()
    assert (code, of(found, FEED)["wrong"]) == (1, 1)
    assert "tally rebuild feed" in of(found, FEED)["first"]["detail"]
    code, found = compared("--repair")
    assert (code, found["mended"]) == (0, 1)
    assert published(bus) == whole

    on(bus, lambda client: client.jetstream().delete_stream(STREAM))
    other = NatsFeed(bus)
    other.begin("another")
    other.publish([Message("acme-1", "ledger.acme.x.Y", b"{}")])
    other.close()
    code, found = compared("--repair")
    assert (code, found["mended"]) == (2, 0)
    assert "another ledger" in of(found, FEED)["reason"]
    assert len(published(bus)) == 1


def test_a_server_that_is_away_is_no_success(
    told: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY_NATS_URL", "nats://127.0.0.1:1")
    code, found = compared("--repair")
    assert code == 2
    assert "NATS" in of(found, FEED)["reason"]


DAY_US = 86_400_000_000
NOW_US = 100 * DAY_US


@pytest.mark.parametrize(
    ("settings", "first_stored", "sequence", "recorded", "is_kept"),
    [
        ({}, 90, 1, 1, True),
        ({"max_age": 10 * 86_400.0}, 95, 9, 80, False),
        ({"max_age": 10 * 86_400.0}, 95, 10, 80, True),
        ({"max_age": 10 * 86_400.0}, 95, 9, 92, True),
        ({"max_age": 10 * 86_400.0}, None, 9, 92, True),
        ({"max_msgs": 5}, 95, 9, 92, False),
        ({"max_msgs": 5}, 95, 9, 96, True),
        ({"max_msgs": 5}, None, 9, 1, True),
        ({"max_bytes": 5, "max_age": 10 * 86_400.0}, 95, 9, 92, False),
        ({"max_bytes": 5, "discard": DiscardPolicy.NEW}, 95, 9, 92, True),
        ({"max_msgs_per_subject": 1}, 95, 10, 99, False),
    ],
)
def test_what_a_stream_must_still_have_follows_from_how_it_is_set(
    settings: dict[str, Any],
    first_stored: int | None,
    sequence: int,
    recorded: int,
    is_kept: bool,
) -> None:
    firsts = {} if first_stored is None else {"acme": 10}
    stored_us = None if first_stored is None else first_stored * DAY_US
    retention = retention_of(StreamConfig(**settings), firsts, stored_us, NOW_US)
    recorded_us = recorded * DAY_US + CLOCKS_APART_US + 1
    event = RecordedEvent._make([None] * len(RecordedEvent._fields))
    event = event._replace(org="acme", sequence=sequence, recorded_us=recorded_us)
    assert retention.keeps(event) is is_kept


@pytest.mark.parametrize("name", ["", "acme", "acme-", "-7", "acme-07", "a-\uff17", "a-x7"])
def test_an_id_that_is_none_of_ours_names_no_event(name: str) -> None:
    assert place_of(name) == (name, 0)
    assert place_of("acme-eu-7") == ("acme-eu", 7)
