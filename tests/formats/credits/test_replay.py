"""The fast replay gives the aggregates that folding whole facts gives."""

from __future__ import annotations

from typing import Any

import pytest
from eventsourcing.domain import OriginatorVersionError

from ledger.kernel.ids import stream_id
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from ledger.replay import Move, Replay
from tests.tamper.stories import told_store


@pytest.fixture(scope="module")
def events() -> list[RecordedEvent]:
    """Every kind of fact, then much usage."""
    return told_store(11, 300).tables.events


def move_of(event: RecordedEvent) -> Move:
    """The move of an event."""
    aggregate_id = stream_id(event.org, event.stream)
    return Move(aggregate_id, event.type, event.version, event.recorded_us, event.body)


def test_replay_is_the_fold_of_the_facts(events: list[RecordedEvent]) -> None:
    replay = Replay()
    folded: dict[str, Any] = {}
    for event in events:
        replay.apply(move_of(event))
        fact = fact_of(event)
        folded[fact.originator_id] = fact.mutate(folded.get(fact.originator_id))
    assert replay.aggregates.keys() == folded.keys()
    for name, aggregate in folded.items():
        assert vars(replay.aggregates[name]) == vars(aggregate), name


def test_replay_refuses_a_gap(events: list[RecordedEvent]) -> None:
    usage = (each for each in events if each.type == "credits.UsageRecorded")
    missing, after = next(
        (one, of_wallet[of_wallet.index(one) + 1])
        for one in usage
        for of_wallet in [[e for e in events if (e.org, e.stream) == (one.org, one.stream)]]
        if one is not of_wallet[-1]
    )
    replay = Replay()
    for event in events[: events.index(after)]:
        if event is not missing:
            replay.apply(move_of(event))
    with pytest.raises(OriginatorVersionError):
        replay.apply(move_of(after))
