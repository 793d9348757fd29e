"""Prices over a month: what was recorded of them is computed again after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.commands.result import pending_fact_of
from ledger.kernel.report import Report
from ledger.rating.inspection.line_prices import RatingInspection
from tests.scenarios.world import World


@pytest.fixture
def priced_again(world: World) -> Iterator[None]:
    """Whatever was recorded is priced and counted again, and equals what is stored."""
    yield
    report = Report()
    inspection = RatingInspection(report)
    for event in world.event_store.select_positions(0, 10_000):
        inspection.see(event, pending_fact_of(event).fact)
    inspection.meters.compare(world.event_store.stored_rows()["meters"])
    assert report.exit_code == 0, [c.first for c in report.checks.values() if c.first]
