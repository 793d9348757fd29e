"""How many events a second are published on NATS, durably and in order?

A store is filled (groups of commands, without HTTP) with events of one line each, then the feed
follows it from the first event. Beside it, in the same session: the same messages made before and
only stored, in batches as the feed stores them and one after the other.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from api.container import (
    Endpoints,
    Opening,
    empty,
    endpoints,
    event_store,
    feed_stream,
    owned_database,
    projections,
)
from api.feed.message import message_of
from api.settings import Settings
from bench.answer import Answer, Target
from bench.population import populate
from bench.question import Question
from bench.report import main
from bench.seconds import seconds_of
from bench.session import Session
from projections.engine import Runner
from projections.feed import FEED
from projections.ports import Message

EVENTS = 40_000
AHEAD = 2_000
"""Messages of a batch of the limits."""
ONE_BY_ONE = 2_000
TARGET = Target(must=10_000)


def answer(session: Session) -> list[Answer]:
    """Events a second."""
    events = max(4_000, int(EVENTS * session.scale.size))
    with tempfile.TemporaryDirectory(prefix="tally-bench-") as folder:
        settings = Settings(data=Path(folder))
        with endpoints(settings, Opening.MAKE) as ends:
            total = populate(ends.database, events)
            figures = [_followed(settings, ends) / total for _ in range(3)]
            limits = dict(_limits(ends))
    rates = [1 / seconds for seconds in figures]
    return [Answer("feed, 1 line an event", "events/s", rates, TARGET, limits=limits)]


def _followed(settings: Settings, ends: Endpoints) -> float:
    """Return the seconds that it takes from the first event to the last."""
    with owned_database(settings, Opening.READ) as logins:
        empty(FEED, logins, ends)
    (end,) = [each for each in projections(ends) if each.name == FEED]
    return seconds_of(lambda: Runner(end, threading.Event()).catch_up())


def _limits(ends: Endpoints) -> Iterator[tuple[str, list[float]]]:
    store = event_store(ends.database, "bench")
    messages = [message_of(event) for event in store.events_after("org-0", 0)]
    store.close()
    stream = feed_stream(ends)

    def publish(many: list[Message], step: int) -> None:
        for first in range(0, len(many), step):
            stream.publish(many[first : first + step])

    try:
        for name, many, step in (
            ("only stored", messages, AHEAD),
            ("one by one", messages[:ONE_BY_ONE], 1),
        ):
            new = [each._replace(id=f"{name}-{each.id}") for each in many]
            yield name, [len(new) / seconds_of(lambda: publish(new, step))]  # noqa: B023  # called at once
    finally:
        stream.close()


QUESTION = Question("feed", "events published on NATS, durably", 40, answer)

if __name__ == "__main__":
    main(QUESTION)
