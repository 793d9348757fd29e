"""What facts say is made once for the read models of a process, and never for another event."""

from __future__ import annotations

from typing import Any

from ledger.kernel.aggregate import Fact
from ledger.ports import RecordedEvent
from projections.fact_lines import FactLines
from tests.processes.projections.test_exactly_once import begin
from tests.tamper.stores import TestStore


class Counted:
    """A function of a fact, and how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, fact: Fact) -> list[str]:
        self.times += 1
        return [type(fact).__name__]


def events_of(store: TestStore) -> list[RecordedEvent]:
    begin(store)
    columns = ", ".join(RecordedEvent._fields)
    rows: list[Any] = store.rows(f"SELECT {columns} FROM tally.events ORDER BY position")
    return [RecordedEvent(*row) for row in rows]


def test_each_fact_is_asked_once_for_all_who_follow(store: TestStore) -> None:
    events, lines, asked = events_of(store), FactLines(), Counted()
    first = lines.of(asked, events)
    assert asked.times == len(events)
    assert lines.of(asked, events[5:]) == first[5:]
    assert asked.times == len(events)
    assert lines.of(Counted(), events) == first  # another function is asked for itself


def test_an_event_that_was_changed_is_asked_again(store: TestStore) -> None:
    events, lines, asked = events_of(store), FactLines(), Counted()
    lines.of(asked, events)
    lines.of(asked, [events[3]._replace(hash=bytes(32))])
    assert asked.times == len(events) + 1


def test_no_more_is_kept_than_it_may(store: TestStore) -> None:
    events, lines, asked = events_of(store), FactLines(kept=10), Counted()
    first = lines.of(asked, events)
    assert lines.of(asked, events[-5:]) == first[-5:]
    assert asked.times == len(events)
    lines.of(asked, events[:1])
    assert asked.times == len(events) + 1
