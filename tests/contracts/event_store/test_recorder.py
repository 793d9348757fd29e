"""What the eventsourcing library asks of a recorder, and what followers ask of positions."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.mapper import DatedEvent
from ledger.kernel.chain import GENESIS, link_hash
from ledger.ports import RaceLost, RecordedEvent
from tests.contracts.stores import AnyJournal, Store, append_to, batch_of, entry

WRITERS, COMMITS = 4, 40


@pytest.fixture
def event_store(store: Store) -> AnyJournal:
    """Five versions of one stream, between events of others."""
    event_store = store.open()
    for version in range(1, 6):
        append_to(
            event_store,
            [entry("a", "s", version), entry("a", "t", version), entry("b", "s", version)],
        )
    return event_store


def test_events_of_a_stream_by_version(event_store: AnyJournal) -> None:
    def versions(**bounds: int | bool) -> list[int]:
        found = event_store.select_events("a/s", **bounds)  # type: ignore[arg-type]
        assert {each.originator_id for each in found} <= {"a/s"}
        return [each.originator_version for each in found]

    assert versions() == [1, 2, 3, 4, 5]
    assert versions(gt=2) == [3, 4, 5]
    assert versions(lte=2) == [1, 2]
    assert versions(gt=1, lte=4, limit=2) == [2, 3]
    assert versions(desc=True, limit=2) == [5, 4]
    assert versions(desc=True, lte=3) == [3, 2, 1]
    assert event_store.select_events("a/none") == []


def test_stored_events_carry_their_recorded_time(event_store: AnyJournal) -> None:
    (stored,) = event_store.select_events("a/s", limit=1)
    (event,) = event_store.events_at([("a", 1)]).values()
    assert isinstance(stored, DatedEvent)
    assert (stored.recorded_us, stored.id) == (event.recorded_us, 1)
    assert (bytes(stored.state), stored.topic) == (bytes(event.body), event.type)


def test_notifications_by_position(event_store: AnyJournal) -> None:
    def ids(start: int | None, limit: int, **rest: object) -> list[int]:
        return [each.id for each in event_store.select_notifications(start, limit, **rest)]  # type: ignore[arg-type]

    assert event_store.max_notification_id() == 15
    assert ids(None, 3) == [1, 2, 3]
    assert ids(4, 3) == [4, 5, 6]
    assert ids(4, 3, inclusive_of_start=False) == [5, 6, 7]
    assert ids(13, 10) == [13, 14, 15]
    assert ids(3, 10, stop=5) == [3, 4, 5]
    assert ids(1, 2, topics=["test:Noted"]) == [1, 2]
    assert ids(1, 2, topics=["test:Other"]) == []
    assert ids(16, 2) == []


def test_insert_events_answers_positions(event_store: AnyJournal) -> None:
    heads, _ = event_store.look_up(["a"], [])
    batch = batch_of(heads, [entry("a", "s", 6), entry("a", "s", 7)])
    stored = event_store.select_events("a/s", limit=2)
    assert list(event_store.insert_events(stored, batch=batch) or ()) == [16, 17]


def _write(event_store: AnyJournal, org: str, number: int) -> int:
    """Commit to an org that others write to; answer the races lost."""
    lost = 0
    for n in range(COMMITS):
        while True:
            try:
                append_to(event_store, [entry(org, f"w{number}/{n}"), entry(org, f"v{number}/{n}")])
                break
            except RaceLost:
                lost += 1
    return lost


def _follow(event_store: AnyJournal, stop: threading.Event) -> list[RecordedEvent]:
    """Follow positions as a projection does: a position once passed is never looked at again."""
    seen: list[RecordedEvent] = []
    while True:
        last = stop.is_set()
        page = event_store.select_positions(seen[-1].position if seen else 0, 7)
        seen += page
        if last and not page:
            return seen


def test_a_follower_misses_nothing_that_concurrent_writers_commit(store: Store) -> None:
    stop = threading.Event()
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        follower = pool.submit(_follow, store.open(), stop)
        journals = [store.open() for _ in range(WRITERS)]
        writers = [
            pool.submit(_write, event_store, f"org{n % 2}", n)
            for n, event_store in enumerate(journals)
        ]
        for writer in writers:
            writer.result(timeout=120)
        stop.set()
        seen = follower.result(timeout=60)

    assert [event.position for event in seen] == list(range(1, WRITERS * COMMITS * 2 + 1))
    for org in ("org0", "org1"):
        chain = store.open().events_after(org, 0)
        assert [event.sequence for event in chain] == list(range(1, WRITERS * COMMITS + 1))
        assert [event.position for event in chain] == sorted(e.position for e in chain)
        previous = GENESIS
        for event in chain:
            given = entry(org, event.stream)._replace(recorded_us=event.recorded_us)
            previous = link_hash(given, event.sequence, previous)
            assert bytes(event.hash) == previous
