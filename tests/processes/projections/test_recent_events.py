"""Events are read once for all followers of a process, whole and in order for each of them."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence

import pytest

from ledger.ports import RecordedEvent
from projections import recent_events
from projections.recent_events import RecentEvents

PAGE = 10
FOLLOWERS = ("first", "second", "third")


class Events:
    """A shard of events, and how often each was read."""

    def __init__(self, many: int, size: int = 1) -> None:
        self.all = [event(number, size) for number in range(1, many + 1)]
        self.reads = 0

    def after(self, position: int) -> Sequence[RecordedEvent]:
        self.reads += 1
        return self.all[position : position + PAGE]


def event(number: int, size: int) -> RecordedEvent:
    return RecordedEvent(number, "acme", number, "s", 1, "t", 0, "", "", bytes(size), b"")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_events, "PAGE_EVENTS", PAGE)


def follow(recent: RecentEvents, events: Events, name: str, pause: float = 0.0) -> list[int]:
    """The positions that a follower sees, until there are no more."""
    seen: list[int] = []
    wait = threading.Event()
    while page := recent.after(
        name, at := seen[-1] if seen else 0, lambda: events.after(at)
    ):  # called at once
        seen += [each.position for each in page]
        wait.wait(pause * random.random())
    return seen


def together(recent: RecentEvents, events: Events, pauses: Sequence[float]) -> list[list[int]]:
    seen: list[list[int]] = [[] for _ in pauses]

    begun = threading.Barrier(len(pauses))

    def run(place: int) -> None:
        begun.wait()
        seen[place] = follow(recent, events, FOLLOWERS[place], pauses[place])

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(pauses))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return seen


def test_each_follower_sees_every_event_once_and_in_order() -> None:
    events = Events(400)
    assert together(RecentEvents(), events, [0.0, 0.002, 0.004]) == [list(range(1, 401))] * 3


def test_what_one_has_read_the_others_need_not_read() -> None:
    events = Events(400)
    together(RecentEvents(patience_s=60.0), events, [0.0, 0.0, 0.004])
    assert events.reads < 2 * 40  # of three who would each read all


def test_who_is_ahead_waits_no_longer_than_its_patience_for_one_that_is_not_heard_of() -> None:
    events, recent = Events(100), RecentEvents(patience_s=0.01)
    recent.after("third", 0, lambda: events.after(0))
    assert follow(recent, events, "first") == list(range(1, 101))


def test_one_that_fell_behind_what_is_kept_goes_on_alone_and_disturbs_nobody() -> None:
    events, recent = Events(100), RecentEvents(patience_s=0.0)
    first = follow(recent, events, "first")
    recent = RecentEvents(patience_s=60.0)
    recent.after("first", 70, lambda: events.after(70))
    before = events.reads
    assert recent.after("second", 0, lambda: events.after(0))[0].position == 1
    assert recent.after("third", 70, lambda: events.after(70))[0].position == 71
    assert (events.reads, first) == (before + 1, list(range(1, 101)))


def test_one_that_was_set_back_reads_anew() -> None:
    events, recent = Events(20), RecentEvents()
    follow(recent, events, "first")
    events.all[:5] = [each._replace(type="changed") for each in events.all[:5]]
    assert recent.after("first", 0, lambda: events.after(0))[0].type == "changed"


def test_a_page_has_no_more_bytes_than_the_store_would_give(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recent_events, "PAGE_BYTES", 30)
    events, recent = Events(20, size=20), RecentEvents(pages=10)
    recent.after("first", 0, lambda: events.all[:10])
    page = recent.after("second", 0, lambda: events.all[:10])
    assert [each.position for each in page] == [1, 2]


def test_the_last_that_is_kept_is_what_so_many_pages_have() -> None:
    events, recent = Events(100), RecentEvents(pages=2, patience_s=0.0)
    follow(recent, events, "first")
    before = events.reads
    recent.after("second", 80, lambda: events.after(80))
    assert events.reads == before
    recent.after("third", 79, lambda: events.after(79))
    assert events.reads == before + 1


def test_those_who_wait_for_an_event_ask_as_one_and_see_it_when_it_is_there() -> None:
    recent, events = RecentEvents(), Events(0)

    def page(name: str, news_s: float = 60.0) -> Sequence[RecordedEvent]:
        return recent.after(name, 0, lambda: events.after(0), news_s)

    assert [list(page(name)) for name in FOLLOWERS] == [[], [], []]
    assert events.reads == 1
    events.all.append(event(1, 1))
    assert (list(page("first")), events.reads) == ([], 1)
    assert [each.position for each in page("second", 0.0)] == [1]
    assert [each.position for each in page("first")] == [1]
    assert events.reads == 2


def test_what_comes_after_events_is_asked_for_though_nothing_came_before_them() -> None:
    recent, events = RecentEvents(), Events(PAGE)
    assert not recent.after("first", PAGE, lambda: events.after(PAGE), 60.0)
    events.all.append(event(PAGE + 1, 1))
    read = recent.after("first", PAGE, lambda: events.after(PAGE))
    at = read[-1].position
    events.all.append(event(at + 1, 1))
    assert [e.position for e in recent.after("first", at, lambda: events.after(at), 60.0)] == [
        at + 1
    ]
