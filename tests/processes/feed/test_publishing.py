"""The feed has every event once and in the order of its org, wherever its runner is killed."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import adapters.postgres.read_models
from adapters.embedded import Engines
from adapters.memory.feed import MemoryFeed
from adapters.nats.address import NatsAddress
from adapters.nats.feed import STREAM, NatsFeed
from adapters.postgres.read_models import PostgresProjection
from api.container import projections
from api.feed.message import message_of
from examples.feed import spent
from ledger.kernel.errors import Unavailable
from projections.engine import Runner
from projections.feed import FEED, Publishing
from projections.ports import FeedStream, Message, P
from tests.command_line import app
from tests.processes.feed.reading import on, published
from tests.processes.projections.test_exactly_once import Killed, begin, fill
from tests.processes.projections.test_shards import wander
from tests.tamper.stores import TestStore

ORDER = "SELECT org, sequence FROM tally.events ORDER BY org, sequence"
POSITION = "SELECT position FROM tally.projections WHERE name = 'feed'"


class DyingBefore(PostgresProjection):
    """The real progress; dies when a page is published, before that is confirmed."""

    def confirm(self, before: P, until: int, heads: Mapping[str, int]) -> P:
        raise Killed


class DyingWithin(NatsFeed):
    """The real stream; dies in the middle of a page."""

    def publish(self, messages: Sequence[Message]) -> None:
        super().publish(messages[: len(messages) // 2])
        self.close()
        raise Killed


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.postgres.read_models, "PAGE_EVENTS", 12)


def publish(store: TestStore, stream: FeedStream, kind: type = PostgresProjection) -> None:
    end = Publishing(kind(store.ends.database.writer, FEED), stream, message_of)
    assert Runner(end, threading.Event()).catch_up()


def in_order(messages: Sequence[Message]) -> list[tuple[str, int]]:
    """The events of messages, by org; each org's in the order of the stream."""
    events = [(str(event["org"]), int(event["sequence"])) for event in map(_read, messages)]
    return sorted(events, key=lambda event: event[0])


def _read(message: Message) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(message.body)
    assert message.id == event["id"] == f"{event['org']}-{event['sequence']}"
    assert message.subject == f"ledger.{event['org']}.{event['type']}"
    return event


def rebuild(store: TestStore, bus: NatsAddress, patch: pytest.MonkeyPatch) -> Result:
    patch.setenv("TALLY_DATABASE_URL", store.owner)
    patch.setenv("TALLY_CLICKHOUSE_URL", store.clickhouse_url)
    patch.setenv("TALLY_NATS_URL", ",".join(bus.urls))
    return CliRunner().invoke(app, ["rebuild", FEED])


def test_every_event_is_published_in_order_also_of_an_org_that_moves(
    store: TestStore, bus: NatsAddress
) -> None:
    wander(store)
    for end in projections(replace(store.ends, nats=bus), linger_s=0):
        assert Runner(end, threading.Event()).catch_up()
    assert in_order(published(bus)) == store.rows(ORDER)
    assert store.verify().exit_code == 0


@pytest.mark.parametrize("when", ["within", "before"])
def test_a_killed_runner_leaves_every_event_once(
    store: TestStore, bus: NatsAddress, when: str
) -> None:
    begin(store)
    stream = DyingWithin(bus) if when == "within" else NatsFeed(bus)
    with pytest.raises(Killed):
        publish(store, stream, DyingBefore)
    fill(store, "while it was down")
    publish(store, NatsFeed(bus))
    fill(store, "later")
    with pytest.raises(Killed):
        publish(store, DyingWithin(bus))
    publish(store, NatsFeed(bus))
    assert in_order(published(bus)) == store.rows(ORDER)


def test_it_is_wiped_and_filled_again(
    store: TestStore,
    bus: NatsAddress,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    begin(store)
    publish(store, NatsFeed(bus))
    before = published(bus)
    on(bus, lambda client: client.jetstream().delete_msg(STREAM, 7))
    assert len(published(bus)) == len(before) - 1
    assert rebuild(store, bus, monkeypatch).exit_code == 0
    assert published(bus) == before

    on(bus, lambda client: client.jetstream().delete_stream(STREAM))
    fill(store, "later")
    with caplog.at_level(logging.ERROR), pytest.raises(Unavailable, match="tally rebuild feed"):
        publish(store, NatsFeed(bus))
    assert "ALARM: the feed does not get on" in caplog.text
    assert rebuild(store, bus, monkeypatch).exit_code == 0
    assert published(bus)[: len(before)] == before
    assert in_order(published(bus)) == store.rows(ORDER)


def test_a_server_that_is_away_slows_no_write_and_is_caught_up(
    store: TestStore, server: Engines, bus: NatsAddress
) -> None:
    begin(store)
    server.stop()
    stream = NatsFeed(bus)
    with pytest.raises(Unavailable):
        publish(store, stream)
    fill(store, "while it was away")
    assert store.rows(POSITION) == [(0,)]
    back = NatsFeed(NatsAddress((str(server.start().nats_url),)))
    publish(store, back)
    assert in_order(published(NatsAddress((str(server.urls().nats_url),)))) == store.rows(ORDER)


def test_what_is_too_large_is_published_without_its_content(store: TestStore) -> None:
    begin(store)
    feed = MemoryFeed(body_limit=500)
    publish(store, feed)
    contents = [_read(message)["content"] for message in feed.messages]
    assert None in contents
    assert any(contents)
    assert in_order(feed.messages) == store.rows(ORDER)


def test_the_example_counts_each_event_once_however_often_it_comes(
    store: TestStore, bus: NatsAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(store)
    publish(store, NatsFeed(bus))
    path = str(tmp_path / "spent.sqlite")
    url = bus.urls[0]
    assert spent(url, "acme", path) == {"ada": "0.3"}
    assert rebuild(store, bus, monkeypatch).exit_code == 0
    fill(store, "later")
    publish(store, NatsFeed(bus))
    assert spent(url, "acme", path) == {"ada": "0.6"}
