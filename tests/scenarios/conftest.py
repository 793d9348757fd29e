"""The world of a scenario; every event that it records must fit its schema, its double entry, and
what caps have counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.credits.inspection.caps import CapInspection
from ledger.credits.postings import postings_of
from ledger.kernel.report import Report
from tests.formats.schemas import check_event
from tests.scenarios.commands import register
from tests.scenarios.world import World


def _check(world: World) -> None:
    world.when()
    world._before = 0
    for event in world.events:
        check_event(event)
    caps = CapInspection(report := Report())
    for event, fact in zip(world.events, world.facts, strict=True):
        assert sum(posting.amount for posting in postings_of(fact)) == 0
        caps.see(event, fact)
    caps.compare(world.event_store.stored_rows()["counters"])
    assert report.exit_code == 0, report["caps"]


@pytest.fixture
def world() -> Iterator[World]:
    """An org whose members pay for themselves, at noon of 1 February 2026."""
    world = World().given(register())
    yield world
    _check(world)


@pytest.fixture
def shared_world() -> Iterator[World]:
    """An org whose pool pays."""
    world = World().given(register(mode="shared"))
    yield world
    _check(world)
