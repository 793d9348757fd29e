"""Alerts of spend caps: a threshold is an amount of the limit in force, once a period and limit."""

from __future__ import annotations

from api.commands.command import Command
from ledger.credits.cap_book import CapBook
from tests.scenarios.commands import deposit, usage, use
from tests.scenarios.wallet_commands import cap, caps, place, reverse
from tests.scenarios.world import World, at

RICH = deposit("100000", key="rich")
NEXT_DAY = "2026-02-02T00:00:00Z"


def day(limit: str, *, key: str) -> Command[object]:
    return caps(cap("c", limit, thresholds=(80, 100)), key=key)


def spend(world: World, amount: str, id: str) -> list[tuple[int, int]]:
    """Percent and limit, in credits, of the alerts that a use raises."""
    world.when(usage([use(amount, id=id)]))
    raised = [fact for fact in world.facts if isinstance(fact, CapBook.AlertRaised)]
    return [(each.percent, each.limit // 10**6) for each in raised]


def test_after_a_raise_the_amounts_of_the_new_limit_alert(world: World) -> None:
    world.given(RICH, day("100", key="1"))
    assert spend(world, "100", "1") == [(80, 100), (100, 100)]
    world.given(day("1000", key="2"))
    assert spend(world, "699.999999", "2") == []
    assert spend(world, "0.000001", "3") == [(80, 1000)]
    assert spend(world, "199.999999", "4") == []
    assert spend(world, "0.000001", "5") == [(100, 1000)]
    assert spend(world, "1000", "6") == []


def test_after_a_cut_what_is_passed_already_alerts_with_the_next_use(world: World) -> None:
    world.given(RICH, day("1000", key="1"))
    assert spend(world, "850", "1") == [(80, 1000)]
    world.given(day("900", key="2"))
    assert spend(world, "1", "2") == [(80, 900)]
    world.given(day("500", key="3"))
    assert spend(world, "1", "3") == [(80, 500), (100, 500)]


def test_a_limit_that_comes_back_in_its_period_does_not_alert_twice(world: World) -> None:
    world.given(RICH, day("100", key="1"))
    assert spend(world, "90", "1") == [(80, 100)]
    world.given(day("1000", key="2"))
    assert spend(world, "1", "2") == []
    world.given(day("100", key="3"))
    assert spend(world, "1", "3") == []
    assert spend(world, "10", "4") == [(100, 100)]
    world.given(at(NEXT_DAY))
    assert spend(world, "100", "5") == [(80, 100), (100, 100)]


def test_limits_without_end_are_not_all_remembered(world: World) -> None:
    world.given(RICH)
    for limit in range(1, 103):
        world.given(day(f"0.{limit:03}", key=f"{limit}"))
        assert len(spend(world, "1", f"{limit}")) == 2
    (row,) = world.event_store.stored_rows()["counters"]
    assert row.alerted.count(":") == 100


def test_a_use_that_costs_nothing_and_a_hold_raise_no_alert(world: World) -> None:
    world.given(RICH, day("10", key="1"))
    assert spend(world, "9", "1") == [(80, 10)]
    world.given(day("5", key="2"))
    world.when(place("1"))
    assert not [fact for fact in world.facts if isinstance(fact, CapBook.AlertRaised)]


def test_a_reversal_raises_none_and_what_is_spent_again_alerts_no_second_time(
    world: World,
) -> None:
    world.given(RICH, day("10", key="1"))
    assert spend(world, "10", "1") == [(80, 10), (100, 10)]
    world.when(reverse(world.command_results[0].stored_fact.sequence))
    assert not [fact for fact in world.facts if isinstance(fact, CapBook.AlertRaised)]
    assert spend(world, "10", "2") == []
