"""Numbers when a commit fails, is not known to have been made, or another process is first."""

from __future__ import annotations

import pytest

from tests.properties.faults import Fault, FaultyEventStore
from tests.scenarios.commands import register
from tests.scenarios.invoice_commands import draft, issue, item, settings
from tests.scenarios.invoices.folding import numbers_of, verify
from tests.scenarios.world import World

NAMES = [f"i{number}" for number in range(6)]


@pytest.fixture
def unlucky() -> World:
    """Six drafts, in a store that can be told to fail."""
    world = World()
    world.event_store = FaultyEventStore(world.clock)
    world.group_commit = world.another_process()
    return world.given(register(), settings(), *(draft(item(1), id=name) for name in NAMES))


@pytest.mark.parametrize("fault", [each for each in Fault if each is not Fault.NONE])
def test_a_crash_between_decision_and_commit_leaves_no_hole(unlucky: World, fault: Fault) -> None:
    store = unlucky.event_store
    assert isinstance(store, FaultyEventStore)
    unlucky.given(issue(NAMES[0]))
    store.fault = fault
    unlucky.when_together(*(issue(name) for name in NAMES[1:4]))
    unlucky.group_commit = unlucky.another_process()  # whoever decided is gone
    unlucky.given(*(issue(name) for name in NAMES))
    assert sorted(numbers_of(unlucky)) == [f"INV-2026-00000{n}" for n in range(1, 7)]
    assert verify(unlucky).exit_code == 0


def test_who_loses_the_race_for_a_number_takes_the_next(unlucky: World) -> None:
    store, rival = unlucky.event_store, unlucky.another_process()
    assert isinstance(store, FaultyEventStore)
    unlucky.given(issue(NAMES[0]))

    def is_first() -> None:
        rival.run([issue(NAMES[1])])

    store.rival = is_first
    unlucky.given(issue(NAMES[2]))
    assert numbers_of(unlucky) == [f"INV-2026-00000{n}" for n in range(1, 4)]
    assert verify(unlucky).exit_code == 0


def test_a_number_that_is_missing_or_doubled_is_found(unlucky: World) -> None:
    unlucky.given(*(issue(name) for name in NAMES[:3]))
    store = unlucky.event_store
    taken = [e for e in store.select_positions(0, 1_000) if e.type == "invoices.NumberTaken"]
    for old, new, found in (
        (b'"number":2', b'"number":3', "the number 3 follows 1"),
        (b"000002", b"000001", "the number INV-2026-000001 was taken before"),
        (b'"of":"i1"', b'"of":"i9"', "the number INV-2026-000002 was not taken for i1"),
    ):
        body = taken[1].body.replace(old, new)
        assert body != taken[1].body
        report = verify(unlucky, {taken[1].position: body})
        first = report["numbers"].first
        assert first is not None
        assert first.detail == found
