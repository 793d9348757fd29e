"""Spend caps: what they count, whom they refuse, and when they raise an alert."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.credits.cap_book import CapBook
from ledger.kernel.errors import CapExceeded, Invalid
from tests.scenarios.commands import credits_of, deposit, price, publish, usage, use
from tests.scenarios.wallet_commands import cap, caps, place
from tests.scenarios.world import World, at

RICH = deposit("1000", key="rich")
NEXT_DAY, NEXT_MONTH = "2026-02-02T00:00:00Z", "2026-03-01T00:00:00Z"


def alerts(world: World) -> list[tuple[str, int, str]]:
    """Cap, percent and subject of the alerts of the last `when`."""
    raised = [fact for fact in world.facts if isinstance(fact, CapBook.AlertRaised)]
    return [(each.cap, each.percent, each.subject) for each in raised]


def rejecting(amount: str, id: str = "r", **labels: str) -> object:
    return usage([use(amount, id=id, reject=True, **labels)])


def test_a_soft_cap_alerts_and_refuses_nothing(world: World) -> None:
    world.given(RICH, caps(cap("c", "10", thresholds=(50, 100))))
    world.when(usage([use("4.999999", id="1")]))
    assert alerts(world) == []
    world.when(usage([use("0.000001", id="2")]))
    assert alerts(world) == [("c", 50, "")]
    world.when(usage([use("20", id="3", reject=True)]))
    assert alerts(world) == [("c", 100, "")]


def test_each_threshold_alerts_once_in_a_period(world: World) -> None:
    world.given(RICH, caps(cap("c", "10", thresholds=(100, 50))))
    world.when(usage([use("11", id="1")]))
    assert alerts(world) == [("c", 50, ""), ("c", 100, "")]
    world.when(usage([use("11", id="2")]))
    assert alerts(world) == []
    world.when(at(NEXT_DAY), usage([use("5", id="3")]))
    assert alerts(world) == [("c", 50, "")]


def test_a_hard_cap_refuses_admissions_but_records_what_happened(world: World) -> None:
    world.given(RICH, caps(cap("c", "10", hard=True)), usage([use("7", id="1")]))
    for admission in (rejecting("3.000001"), place("3.000001")):
        world.when(admission)  # type: ignore[arg-type]
        refusal = world.then_refused(CapExceeded)
        assert refusal.facts == {
            "cap": "c",
            "available": "3",
            "required": "3.000001",
            "missing": "0.000001",
        }
        world.then_nothing_recorded()
    world.given(usage([use("9", id="plain")]))
    world.when(rejecting("0.000001")).then_refused(CapExceeded)  # type: ignore[arg-type]


def test_lines_of_one_batch_are_counted_one_after_the_other(world: World) -> None:
    world.given(RICH, caps(cap("c", "10", hard=True)))
    world.when(usage([use("6", id=str(n), reject=True) for n in range(2)]))
    world.then_refused(CapExceeded)
    assert len(world.lines) == 1


def test_the_most_restrictive_cap_wins(world: World) -> None:
    world.given(
        RICH,
        caps(
            cap("org", "100", hard=True),
            cap("chat", "10", hard=True, service="chat"),
            cap("ada", "5", "month", hard=True, user="ada"),
        ),
    )
    world.when(rejecting("11", service="chat")).then_refused(CapExceeded)  # type: ignore[arg-type]
    assert world.refusals[0].facts["cap"] == "ada"


@pytest.mark.parametrize(
    ("scope", "counted"),
    [
        ({}, True),
        ({"user": "ada"}, True),
        ({"user": "bob"}, False),
        ({"user": "*"}, True),
        ({"user": "a*"}, True),
        ({"user": "b*"}, False),
        ({"model": "gpt-*", "service": "chat"}, True),
        ({"model": "gpt-*", "service": "search"}, False),
        ({"project": "*"}, False),
        ({"provider": "openai"}, True),
        ({"provider": "open*", "model": "*"}, True),
        ({"provider": "azure"}, False),
    ],
)
def test_a_scope_says_which_uses_count(world: World, scope: dict[str, Any], counted: bool) -> None:
    world.given(RICH, caps(cap("c", "1", "day", **scope)))
    world.when(usage([use("1", id="1", model="gpt-large", service="chat", provider="openai")]))
    assert bool(alerts(world)) is counted


def test_with_a_star_each_value_has_a_counter_of_its_own(world: World) -> None:
    world.given(RICH, caps(cap("c", "10", hard=True, user="*")), usage([use("9", id="1")]))
    world.given(usage([use("9", id="2", user="bob")]))
    world.when(rejecting("2")).then_refused(CapExceeded)  # type: ignore[arg-type]
    world.when(usage([use("1", id="3", user="bob")]))
    assert alerts(world) == [("c", 100, '["bob"]')]


@pytest.mark.parametrize(
    ("period", "days", "free_again"),
    [("day", None, NEXT_DAY), ("month", None, NEXT_MONTH), ("rolling", 3, "2026-02-04T00:00:00Z")],
)
def test_a_period_ends(world: World, period: str, days: int | None, free_again: str) -> None:
    world.given(RICH, caps(cap("c", "10", period, hard=True, days=days)), usage([use("9", id="1")]))
    last = free_again.replace("T00:00:00Z", "T00:00:00Z")
    world.given(at("2026-02-01T23:59:59Z"))
    world.when(rejecting("2")).then_refused(CapExceeded)  # type: ignore[arg-type]
    world.given(at(last), rejecting("2"))  # type: ignore[arg-type]


def test_a_rolling_window_adds_up_its_days_and_alerts_once(world: World) -> None:
    world.given(RICH, caps(cap("c", "10", "rolling", days=3)), usage([use("6", id="1")]))
    world.when(at(NEXT_DAY), usage([use("6", id="2")]))
    (alert,) = [fact for fact in world.facts if isinstance(fact, CapBook.AlertRaised)]
    assert (alert.spent, alert.period_from_us) == (credits_of("12"), 1_769_817_600_000_000)
    world.when(at("2026-02-03T12:00:00Z"), usage([use("1", id="3")]))
    assert alerts(world) == []


def test_a_cap_counts_from_when_it_was_set(world: World) -> None:
    world.given(RICH, usage([use("9", id="1")]), caps(cap("c", "10", hard=True)))
    world.given(rejecting("10"))  # type: ignore[arg-type]


def test_a_use_that_costs_nothing_counts_nothing(world: World) -> None:
    card = publish([price("m", "input_tokens", "0.0005")], key="card")
    world.given(card, caps(cap("c", "10")))
    world.given(usage([use(id="0", model="m", quantities={"input_tokens": 1})]))
    assert world.lines[0].amount == 0


def test_a_limit_below_what_is_spent_refuses_until_the_period_ends(world: World) -> None:
    world.given(RICH, caps(cap("c", "10", hard=True)), usage([use("7", id="1")]))
    world.given(caps(cap("c", "5", hard=True), key="low"))
    world.when(rejecting("0.1"))  # type: ignore[arg-type]
    assert world.then_refused(CapExceeded).facts["available"] == "0"
    world.given(caps(cap("c", "8", hard=True), key="more"), rejecting("0.1"))  # type: ignore[arg-type]
    world.given(caps(cap("c", "5", hard=True), key="low again"), at(NEXT_DAY))
    world.given(rejecting("5", id="next"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [cap("c", "10", "month"), cap("c", "10", user="ada"), cap("c", "10", "rolling", days=2)],
)
def test_another_scope_or_period_needs_another_id(world: World, other: object) -> None:
    world.given(caps(cap("c", "10")))
    world.when(caps(other, key="other")).then_refused(Invalid, field="caps.0.id")  # type: ignore[arg-type]


def test_a_cap_that_comes_back_counts_on_so_that_another_needs_another_id(world: World) -> None:
    ada, bob = (cap("c", "10", hard=True, user=user) for user in ("ada", "bob"))
    world.given(RICH, deposit("5", key="bob", user="bob"), caps(ada), usage([use("7", id="1")]))
    world.given(caps(key="none"))
    world.when(caps(bob, key="bob's")).then_refused(Invalid, field="caps.0.id")
    world.given(caps(ada, key="back")).when(rejecting("4"))  # type: ignore[arg-type]
    assert world.then_refused(CapExceeded).facts["available"] == "3"


def test_two_caps_have_two_ids(world: World) -> None:
    world.when(caps(cap("c", "10"), cap("c", "5", "month"))).then_refused(Invalid, field="caps")


def test_counters_that_leave_memory_in_the_middle_of_a_group_are_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.commands.counters.COUNTERS_MAX", 0)
    world.given(RICH, caps(cap("c", "10", hard=True)))
    world.when_together(usage([use("6", id="1")]), usage([use("6", id="2", reject=True)]))
    world.then_refused(CapExceeded)
