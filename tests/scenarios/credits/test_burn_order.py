"""Burn order: priority, then expiry, then promotional before paid, then effective time, then id."""

from __future__ import annotations

import pytest

from tests.scenarios.commands import deposit, grant, usage, use
from tests.scenarios.world import World, at

LATER, SOON = "2026-03-01T00:00:00Z", "2026-02-10T00:00:00Z"


def spend(world: World, amount: str) -> World:
    return world.when(usage([use(amount, id=f"spend {amount}")]))


def test_the_lower_priority_number_burns_first(world: World) -> None:
    world.given(
        grant("5", "promotional", key="1", priority=51, expires=SOON),
        grant("5", "included", key="2", priority=50),
        grant("5", "adjustment", key="3", priority=0, expires=LATER),
    )
    spend(world, "11").then_paid_by("adjustment 5", "included 5", "promotional 1")


def test_then_what_expires_first(world: World) -> None:
    world.given(
        grant("5", "promotional", key="1"),
        grant("5", "included", key="2", expires=LATER),
        grant("5", "free", key="3", expires=SOON),
    )
    spend(world, "11").then_paid_by("free 5", "included 5", "promotional 1")


def test_what_never_expires_burns_last(world: World) -> None:
    world.given(deposit("5", key="1"), grant("5", "promotional", key="2", expires=LATER))
    spend(world, "6").then_paid_by("promotional 5", "purchased 1")


@pytest.mark.parametrize("given", ["promotional", "free", "adjustment"])
@pytest.mark.parametrize("bought", ["purchased", "included"])
def test_then_promotional_before_paid(world: World, given: str, bought: str) -> None:
    world.given(
        grant("5", bought, key="1", expires=SOON),
        grant("5", given, key="2", expires=SOON),
    )
    spend(world, "6").then_paid_by(f"{given} 5", f"{bought} 1")


def test_then_what_took_effect_first(world: World) -> None:
    world.given(
        grant("5", "promotional", key="1", effective="2026-02-01T11:00:00Z"),
        grant("5", "free", key="2", effective="2026-02-01T10:00:00Z"),
    )
    spend(world, "6").then_paid_by("free 5", "promotional 1")


def test_then_what_was_granted_first(world: World) -> None:
    world.given(
        *(grant("1", kind, key=kind) for kind in ("free", "promotional", "adjustment")),
        *(grant("1", "promotional", key=f"more {n}") for n in range(9)),
    )
    spend(world, "2.5").then_paid_by("free 1", "promotional 1", "adjustment 0.5")
    spend(world, "0.6").then_paid_by("adjustment 0.5", "promotional 0.1")
    assert [lot.terms.id for lot in world.balance().lots] == [
        f"{n}-0" for n in (5, *range(6, 13))
    ] + ["13-0"]


def test_a_lot_is_used_up_before_the_next_is_touched(world: World) -> None:
    world.given(grant("5", "free", key="1", expires=SOON), deposit("5", key="2"))
    spend(world, "5").then_paid_by("free 5").then_lots("purchased 5")


def test_a_lot_that_comes_later_burns_in_its_place(world: World) -> None:
    world.given(deposit("5", key="1"), usage([use("1", id="u")]))
    world.given(at("2026-02-02T00:00:00Z"), grant("1", "free", key="2", expires=SOON))
    spend(world, "2").then_paid_by("free 1", "purchased 1")
