"""The world of a scenario; every event that it records must fit its schema, its double entry, what
caps have counted, and numbers and sums of invoices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.credits.inspection.caps import CapInspection
from ledger.credits.postings import postings_of
from ledger.invoices.inspection import InvoiceInspection
from ledger.invoices.postings import booked_by
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
    invoices = InvoiceInspection(report)
    for event, fact in zip(world.events, world.facts, strict=True):
        assert sum(posting.amount for posting in postings_of(fact)) == 0
        booked = booked_by(fact)
        assert sum(posting.amount for posting in (booked.postings if booked else ())) == 0
        caps.see(event, fact)
        invoices.see(event, fact)
    invoices.end(None, None, bool)  # type: ignore[arg-type]  # asks neither
    caps.compare(world.event_store.stored_rows()["counters"])
    assert report.exit_code == 0, report.as_dict()["checks"]


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
