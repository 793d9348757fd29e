"""Months in races: what others commit meanwhile, and what leaves memory, counts once."""

from __future__ import annotations

from typing import Any

import pytest

from api.commands.result import CommandResult
from ledger.credits.facts import lines_of
from tests.scenarios.commands import (
    price,
    publish,
    usage,
    use,
)
from tests.scenarios.rating.months import (
    CALLS,
    DOLLAR,
    MODEL,
    STEPS,
    calls,
    charged,
    monthly,
    said_before,
)
from tests.scenarios.world import World

pytestmark = pytest.mark.usefixtures("priced_again")


def test_who_loses_a_race_is_priced_after_the_winner(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS)], key="card"), usage([calls(1, id="0")]))
    world.clock.now_us += 10_000_000
    other = world.another_process()
    other.run([usage([calls(9, id="1")])])
    assert charged(world, calls(1, id="2")) == [2]  # the race is lost, then decided again
    assert said_before(world.lines) == [{CALLS: 10}]


def test_the_first_line_of_another_process_goes_on_from_ours(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS)], key="card"), usage([calls(10, id="1")]))
    (outcome,) = world.another_process().run([usage([calls(1, id="2")])])
    assert isinstance(outcome, list)
    (result,) = outcome
    assert isinstance(result, CommandResult)
    (line,) = lines_of(result.stored_fact.fact)
    assert line.amount == 2 * DOLLAR


def test_a_counter_that_leaves_memory_in_the_middle_of_a_group_is_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.commands.counters.COUNTERS_MAX", 0)
    world.given(publish([monthly("graduated", *STEPS)], key="card"))
    world.when_together(*(usage([calls(10, id=f"{n}")]) for n in range(3)))
    assert [line.amount // DOLLAR for line in world.lines] == [30, 20, 10]


def test_counters_of_a_batch_are_asked_for_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.given(publish([monthly("graduated", *STEPS), price(MODEL, "images", "1")], key="card"))
    asked: list[int] = []
    read = world.event_store.meters_used

    def counting(keys: Any) -> Any:
        keys = list(keys)
        asked.append(len(keys))
        return read(keys)

    monkeypatch.setattr(world.event_store, "meters_used", counting)
    process = world.another_process()
    process.run([usage([calls(1, id=f"{n}", user=f"u{n}") for n in range(50)])])
    assert asked == [50]
    process.run([usage([calls(1, id=f"again {n}", user=f"u{n}") for n in range(50)])])
    process.run([usage([use(id="i", model=MODEL, quantities={"images": 1})])])
    assert asked == [50], "what is known, and what no month counts, is not asked for"
