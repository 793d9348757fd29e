"""Holds under caps: what is spent, what open holds set aside and what is asked stay within."""

from __future__ import annotations

from typing import Any

import pytest

from api import container
from api.commands.command import Command
from api.commands.due import FallDue
from api.writer.group_commit import GroupCommit
from ledger.kernel.errors import CapExceeded, InsufficientCredits
from tests.properties.piped import Piped
from tests.scenarios.commands import (
    ACTOR,
    ORG,
    credits_of,
    deposit,
    grant,
    price,
    publish,
    usage,
    use,
)
from tests.scenarios.wallet_commands import (
    DAY,
    HOUR,
    cap,
    caps,
    capture,
    extend,
    place,
    release,
    reverse,
)
from tests.scenarios.world import World, at

RICH = deposit("10000", key="rich")
RICH_BOB = deposit("10000", key="rich bob", user="bob")
HUNDRED = caps(cap("c", "100", hard=True))
NEXT_DAY, NEXT_MONTH = "2026-02-02T00:00:00Z", "2026-03-01T00:00:00Z"


def rejecting(amount: str | None, id: str = "r", **labels: Any) -> Command[object]:
    return usage([use(amount, id=id, reject=True, **labels)])


def room(world: World, **labels: Any) -> str:
    """What a hold of everything finds available."""
    world.when(place("99999", id="asks", **labels))
    return str(world.then_refused(CapExceeded).facts["available"])


def only(label: str, value: str) -> dict[str, Any]:
    return {label: value}


def counters(world: World) -> list[tuple[str, str, int, int]]:
    """Cap, subject, and credits spent and held of every counter, bucket by bucket."""
    rows = sorted(world.event_store.stored_rows()["counters"])
    return [(r.cap, r.subject, r.spent // 10**6, r.held // 10**6) for r in rows]


def test_the_second_hold_finds_what_the_first_has_left(world: World) -> None:
    world.given(RICH, HUNDRED, place("60", id="1"))
    world.when(place("60", id="2"))
    assert world.then_refused(CapExceeded).facts == {
        "cap": "c",
        "available": "40",
        "required": "60",
        "missing": "20",
    }
    world.then_nothing_recorded()
    world.when(rejecting("40.000001")).then_refused(CapExceeded)
    world.given(place("40", id="3"))
    assert room(world) == "0"


def test_a_release_frees_it(world: World) -> None:
    world.given(RICH, HUNDRED, place("60", id="1"), release("1"), place("100", id="2"))
    assert counters(world) == [("c", "", 0, 100)]


def test_a_capture_turns_it_into_spending(world: World) -> None:
    world.given(RICH, HUNDRED, place("60", id="1"), place("40", id="2"))
    world.given(capture("25", id="1"))
    assert counters(world) == [("c", "", 25, 40)]
    assert room(world) == "35"
    world.given(capture("90", id="2"))  # usage is a fact, also of more than was held
    assert counters(world) == [("c", "", 115, 0)]
    assert room(world) == "0"


def test_an_expiry_frees_it_whoever_records_it(world: World) -> None:
    world.given(RICH, RICH_BOB, HUNDRED, place("60", id="1", lasts_us=HOUR))
    world.given(at("2026-02-01T13:00:00Z"), place("100", id="2", lasts_us=HOUR))
    world.given(at("2026-02-01T14:00:00Z"), rejecting("90"))
    world.given(place("10", id="3", lasts_us=HOUR), at("2026-02-01T15:00:00Z"))
    world.given(FallDue(org=ORG, actor=ACTOR, stream="wallet/credit/ada"))
    world.given(place("10", id="4", user="bob"))
    assert counters(world) == [("c", "", 90, 10)]


def test_a_late_capture_is_spending_when_it_is_recorded(world: World) -> None:
    world.given(RICH, HUNDRED, place("60", id="1", lasts_us=HOUR, project="p"))
    world.given(at("2026-02-02T06:00:00Z"), capture("70", id="1"))
    assert counters(world) == [("c", "", 0, 0), ("c", "", 70, 0)]
    assert world.lines[-1].project == "p"


def test_an_extension_keeps_it(world: World) -> None:
    world.given(RICH, HUNDRED, place("60", id="1", lasts_us=HOUR), extend(2 * HOUR, "1"))
    world.given(at("2026-02-01T13:30:00Z"))
    assert room(world) == "40"
    world.given(release("1"))
    assert counters(world) == [("c", "", 0, 0)]


def test_a_hold_over_midnight_stays_in_the_day_it_was_placed_in(world: World) -> None:
    world.given(RICH, HUNDRED, at("2026-02-01T23:59:00Z"), place("60", id="1", lasts_us=HOUR))
    world.given(at(NEXT_DAY), place("100", id="2", lasts_us=HOUR))
    assert counters(world) == [("c", "", 0, 60), ("c", "", 0, 100)]
    world.given(capture("60", id="1"))
    assert counters(world) == [("c", "", 0, 0), ("c", "", 60, 100)]
    world.given(release("2"))
    assert room(world) == "40"


def test_a_rolling_window_adds_up_what_its_days_hold(world: World) -> None:
    rolling = caps(cap("c", "100", "rolling", hard=True, days=2))
    world.given(RICH, rolling, place("60", id="1", lasts_us=7 * DAY), at(NEXT_DAY))
    assert room(world) == "40"
    world.given(at("2026-02-03T00:00:00Z"), place("100", id="2"))


@pytest.mark.parametrize("lazy", [None, True, False])
def test_holds_that_come_together_do_not_pass_it_together(world: World, lazy: bool | None) -> None:
    """In one group, and in groups of which one is decided while the one before it commits."""
    world.given(RICH, HUNDRED)
    group_commit = GroupCommit(container.ledger(world.event_store), world.clock)
    process = group_commit if lazy is None else Piped(group_commit, lazy=lazy)
    asked = [place("100", id=str(n), user="ada") for n in range(64)]
    outcomes = [each for n in range(0, 64, 16) for each in process.run(asked[n : n + 16])]
    assert [isinstance(each, CapExceeded) for each in outcomes] == [False] + [True] * 63
    assert counters(world) == [("c", "", 0, 100)]


def test_another_process_sees_what_is_held(world: World) -> None:
    world.given(RICH, HUNDRED)
    other = world.another_process()
    assert not isinstance(other.run([place("1", id="warm")])[0], Exception)
    world.given(place("60", id="1"))
    (outcome,) = other.run([place("60", id="2")])
    assert isinstance(outcome, CapExceeded)
    assert outcome.facts["available"] == "39"


def test_a_hold_is_counted_under_its_labels(world: World) -> None:
    scopes: dict[str, Any] = {
        dimension: "x" for dimension in ("project", "service", "provider", "model")
    }
    world.given(RICH, caps(*(cap(d, "10", hard=True, **{d: v}) for d, v in scopes.items())))
    world.given(place("5", id="none"), place("10", id="all", **scopes))
    for dimension in scopes:
        world.when(place("1", id="more", **only(dimension, "x")))
        assert world.then_refused(CapExceeded).facts["cap"] == dimension
        world.given(place("1", id=f"other {dimension}", **only(dimension, "y")))


def test_a_capture_has_the_labels_of_its_hold_unless_it_names_its_own(world: World) -> None:
    labels: dict[str, Any] = {"project": "p", "service": "s", "provider": "v", "model": "m"}
    world.given(RICH, place("5", id="1", **labels), place("5", id="2", **labels))
    world.given(capture("1", id="1"), capture("1", id="2", project="q", model="n"))
    found = [(line.project, line.service, line.provider, line.model) for line in world.lines]
    assert found == [("p", "s", "v", "m"), ("q", "s", "v", "n")]


def test_a_capture_under_other_labels_is_spending_there(world: World) -> None:
    each = caps(cap("c", "100", hard=True, project="*"))
    world.given(RICH, each, place("60", id="1", project="p"), capture("50", id="1", project="q"))
    assert counters(world) == [("c", '["p"]', 0, 0), ("c", '["q"]', 50, 0)]


def test_what_was_counted_by_caps_is_given_back_after_they_have_changed(world: World) -> None:
    both = caps(cap("c", "100", hard=True), cap("p", "100", hard=True, project="*"), key="both")
    world.given(RICH, place("7", id="0", project="p"), both)
    world.given(place("60", id="1", project="p"), place("40", id="2", project="p"))
    world.given(caps(cap("c", "90", hard=True), cap("m", "50", "month"), key="other"))
    assert room(world) == "0"
    world.given(release("1"), capture("45", id="2"), release("0"))
    assert counters(world) == [("c", "", 45, 0), ("m", "", 45, 0), ("p", '["p"]', 0, 0)]
    assert room(world) == "45"
    world.given(caps(key="none"), place("1", id="3"), caps(cap("c", "90", hard=True), key="back"))
    world.given(release("3"))
    assert counters(world)[0] == ("c", "", 45, 0)


def test_a_hold_of_before_caps_were_set_is_not_counted_and_its_capture_is(world: World) -> None:
    world.given(RICH, place("60", id="1"), HUNDRED)
    assert room(world) == "100"
    world.given(capture("60", id="1"))
    assert room(world) == "40"


# -- what costs nothing --------------------------------------------------------------------------


@pytest.mark.parametrize("spent", ["9", "10", "11"])
def test_what_costs_nothing_is_always_admitted(world: World, spent: str) -> None:
    card = publish([price("m", "input_tokens", "0.0005")], key="card")
    world.given(RICH, card, caps(cap("c", "10", hard=True)), usage([use(spent, id="1")]))
    free: dict[str, Any] = {"model": "m", "quantities": {"input_tokens": 1}}
    world.given(rejecting(None, **free))
    assert world.lines[0].amount == 0
    world.given(usage([use(None, id="in a batch", reject=True, **free), use("0.5", id="paid")]))
    assert [line.amount for line in world.lines] == [0, credits_of("0.5")]


def test_at_a_full_cap_a_wallet_that_lacks_credit_is_told_of_the_cap(world: World) -> None:
    world.given(deposit("10", key="poor"), HUNDRED, place("10", id="1"))
    world.when(place("60", id="2")).then_refused(InsufficientCredits)
    world.when(place("91", id="3")).then_refused(CapExceeded)


# -- reversals -----------------------------------------------------------------------------------


def reversal_of(world: World, amount: str | None = None, key: str = "reverse") -> Command[object]:
    return reverse(world.command_results[-1].stored_fact.sequence, amount, key=key)


def test_a_reversal_gives_back_room_where_it_was_counted(world: World) -> None:
    world.given(RICH, HUNDRED, usage([use("90", id="1")]))
    first = world.command_results[-1].stored_fact.sequence
    world.given(reverse(first, "30", key="a part"))
    assert room(world) == "40"
    world.given(reverse(first, key="the rest"))
    assert room(world) == "100"


def test_a_reversal_in_a_later_period_gives_nothing_to_the_present_one(world: World) -> None:
    world.given(RICH, HUNDRED, usage([use("90", id="1")]))
    old = reversal_of(world)
    world.given(at(NEXT_DAY), usage([use("50", id="2")]), old)
    assert counters(world) == [("c", "", 0, 0), ("c", "", 50, 0)]
    assert room(world) == "50"


@pytest.mark.parametrize("late", [False, True])
def test_the_reversal_of_a_captured_hold_gives_back_what_was_spent(
    world: World, late: bool
) -> None:
    world.given(RICH, HUNDRED, place("60", id="1", lasts_us=HOUR))
    world.given(at("2026-02-01T14:00:00Z" if late else "2026-02-01T12:30:00Z"))
    world.given(capture("50", id="1"))
    world.given(reversal_of(world))
    assert counters(world) == [("c", "", 0, 0)]


def test_a_reversal_gives_back_only_what_a_cap_has_counted(world: World) -> None:
    """Of lines in one event each by its labels, under the caps that counted it."""
    world.given(RICH, usage([use("5", id="before")]))
    before = reversal_of(world, key="r0")
    world.given(caps(cap("p", "100", hard=True, project="*"), key="1"))
    world.given(usage([use("30", id="1", project="p"), use("40", id="2", project="q")]))
    second = world.command_results[-1].stored_fact.sequence
    world.given(caps(cap("c", "100", hard=True), key="2"), usage([use("9", id="3")]))
    world.given(before, reverse(second, line=1, key="r1"))
    assert counters(world) == [("c", "", 9, 0), ("p", '["p"]', 30, 0), ("p", '["q"]', 0, 0)]


def test_the_reversal_of_a_grant_gives_no_room(world: World) -> None:
    world.given(grant("100", "promotional", key="g"), HUNDRED, usage([use("90", id="1")]))
    world.given(grant("50", "promotional", key="g2"))
    world.given(reversal_of(world))
    assert counters(world) == [("c", "", 90, 0)]


# -- memory --------------------------------------------------------------------------------------


def test_counters_that_could_not_be_read_are_not_taken_for_zero(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.given(RICH, HUNDRED, place("60", id="1"))
    other = world.another_process()
    asks = world.event_store.counter_rows

    def fails(keys: Any) -> Any:
        monkeypatch.setattr(world.event_store, "counter_rows", asks)
        raise ConnectionError("the store is gone for a moment")

    monkeypatch.setattr(world.event_store, "counter_rows", fails)
    other.run([place("60", id="2")])
    (outcome,) = other.run([place("60", id="3")])
    assert isinstance(outcome, CapExceeded)
