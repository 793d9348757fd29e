"""The catalogue as it is now, and what its check says, read back from the events."""

from __future__ import annotations

from typing import Any, TypeVar

from ledger.catalogue.inspection import CatalogueInspection
from ledger.kernel.aggregate import Fact, LedgerAggregate
from ledger.kernel.report import Report
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from tests.scenarios.world import World

A = TypeVar("A", bound=LedgerAggregate)


def every(world: World) -> list[tuple[RecordedEvent, Fact]]:
    """All events with their facts."""
    return [(each, fact_of(each)) for each in world.event_store.select_positions(0, 100_000)]


def folded(world: World, kind: type[A]) -> dict[str, A]:
    """The aggregates of a kind, of all their facts, by their names."""
    found: dict[str, Any] = {}
    for _, fact in every(world):
        found[fact.originator_id] = fact.mutate(found.get(fact.originator_id))
    return {name.rpartition("/")[2]: each for name, each in found.items() if isinstance(each, kind)}


def findings(events: list[tuple[RecordedEvent, Fact]]) -> list[str]:
    """What the check of the catalogue finds in some events."""
    inspection, found = CatalogueInspection(Report()), []
    for event, fact in events:
        inspection.report = Report()
        inspection.see(event, fact)
        first = inspection.report["catalogue"].first
        found += [first.detail] if first else []
    return found
