"""The port `FeedStream`, on every adapter: in order, once for an id, empty when begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.embedded import Engines
from adapters.memory.feed import MemoryFeed
from adapters.nats.address import NatsAddress
from adapters.nats.feed import BATCH_MESSAGES, NatsFeed, batches_of
from ledger.kernel.errors import Unavailable
from projections.ports import FeedLost, FeedStream, FeedTaken, Message
from tests.processes.feed.reading import published

Read = Callable[[], list[Message]]


def said(number: int, org: str = "acme") -> Message:
    return Message(f"{org}-{number}", f"ledger.{org}.credits.UsageRecorded", b"%d" % number)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsAddress]:
    folder = tmp_path_factory.mktemp("bus") / "data"
    with Engines(folder, postgres=False, clickhouse=False) as engines:
        yield NatsAddress((str(engines.urls().nats_url),))


@pytest.fixture(params=["memory", "nats"])
def feed(request: pytest.FixtureRequest, server: NatsAddress) -> Iterator[tuple[FeedStream, Read]]:
    if request.param == "memory":
        kept = MemoryFeed()
        yield kept, lambda: kept.messages
        return
    stream = NatsFeed(server)
    yield stream, lambda: published(server)
    stream.close()


def test_what_is_published_is_there_in_order_and_once(feed: tuple[FeedStream, Read]) -> None:
    stream, read = feed
    stream.begin("ledger")
    many = [said(number) for number in range(1, 2 * BATCH_MESSAGES + 20)]
    stream.publish(many[:3])
    stream.publish(many[:1])
    stream.publish(many)
    stream.publish(many[2:])
    assert read() == many


def test_who_begins_finds_it_empty_and_every_id_unknown(feed: tuple[FeedStream, Read]) -> None:
    stream, read = feed
    for _ in range(2):
        stream.begin("ledger")
        assert read() == []
        stream.publish([said(1), said(2)])
        assert read() == [said(1), said(2)]


def test_the_stream_of_another_ledger_is_left_alone(feed: tuple[FeedStream, Read]) -> None:
    stream, read = feed
    stream.begin("ledger")
    stream.publish([said(1)])
    with pytest.raises(FeedTaken, match="another ledger"):
        stream.begin("second")
    assert read() == [said(1)]


def test_a_stream_that_was_never_begun_takes_nothing(tmp_path: Path) -> None:
    with pytest.raises(FeedLost):
        MemoryFeed().publish([said(1)])
    with Engines(tmp_path / "data", postgres=False, clickhouse=False) as engines:
        stream = NatsFeed(NatsAddress((str(engines.urls().nats_url),)))
        with pytest.raises(FeedLost, match="tally rebuild feed"):
            stream.publish([said(1), said(2)])
        stream.begin("ledger")
        stream.publish([said(1), said(2)])
        assert stream.body_max() > 7_000_000
        engines.stop()
        with pytest.raises(Unavailable):
            stream.publish([said(3)])
        stream.close()


def test_batches_are_bounded_in_messages_and_bytes() -> None:
    small = [said(number) for number in range(BATCH_MESSAGES + 1)]
    assert [len(batch) for batch in batches_of(small)] == [BATCH_MESSAGES, 1]
    large = [said(1)._replace(body=bytes(3_000_000)) for _ in range(3)]
    assert [len(batch) for batch in batches_of(large)] == [1, 1, 1]
    assert list(batches_of([])) == []
