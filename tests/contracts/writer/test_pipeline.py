"""Nobody is told an outcome before what it says is stored, whichever way a group takes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent

from adapters.memory.event_store import MemoryEventStore
from api import container
from api.writer.fair_queue import Waiting
from api.writer.group_commit import GroupCommit
from api.writer.pipeline import Pipeline
from tests.contracts.stores import clock_us
from tests.processes.writer.stuck import Nobody
from tests.scenarios.commands import deposit, register


class Telling(MemoryEventStore):
    """Tells when it has stored something."""

    def __init__(self, told: list[str]) -> None:
        super().__init__(clock_us)
        self._told = told

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        positions = super().insert_events(stored_events, **kwargs)
        self._told.append("stored")
        return positions


@pytest.mark.parametrize("way", ["push", "run"])
def test_nobody_is_answered_before_the_commit(way: str) -> None:
    told: list[str] = []
    group_commit = GroupCommit(container.ledger(Telling(told)), clock_us)
    group_commit.run([register()])
    told.clear()
    with ThreadPoolExecutor(1) as executor:
        pipeline = Pipeline(
            group_commit, executor, lambda *_: told.append("answered"), lambda: None
        )
        for number in range(3):
            command = deposit("1", key=f"deposit {number}")
            getattr(pipeline, way)([Waiting(command, number, Nobody())])
        pipeline.settle()
    assert told == ["stored", "answered"] * 3
