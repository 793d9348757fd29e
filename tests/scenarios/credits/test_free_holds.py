"""A hold of nothing is a hold: what costs 0 can be set aside, and ends as every hold does."""

from __future__ import annotations

import pytest

from api.commands.command import Command
from ledger.credits.postings import postings_of
from ledger.kernel.errors import CapExceeded, Conflict, InsufficientCredits
from tests.scenarios.commands import credits_of, deposit, price, publish, usage, use
from tests.scenarios.wallet_commands import (
    HOUR,
    cap,
    caps,
    capture,
    extend,
    place,
    release,
    suspend,
)
from tests.scenarios.world import World, at

TOKENS = {"input_tokens": 1, "output_tokens": 10}
EXPIRED = "2026-02-01T13:00:00Z"
FREE, NEARLY = "0", "0.0000001"


def card(dollars: str) -> Command[object]:
    prices = [price("free", meter, dollars) for meter in ("input_tokens", "output_tokens")]
    return publish(prices, key="card")


def free() -> Command[object]:
    return place(model="free", quantities=TOKENS)


@pytest.fixture(params=[FREE, NEARLY])
def held(world: World, request: pytest.FixtureRequest) -> World:
    """A hold of a model that costs nothing, or so little that it rounds to nothing."""
    world.given(card(request.param))
    world.when(free()).then_recorded("WalletOpened", "HoldPlaced").then_balance("0")
    assert all(posting.amount == 0 for fact in world.facts for posting in postings_of(fact))
    return world


def test_it_is_captured_for_nothing(held: World) -> None:
    held.when(capture(model="free", quantities=TOKENS)).then_recorded("HoldCaptured")
    held.then_paid_by().then_balance("0")
    held.when(release(key="again")).then_refused(Conflict)


def test_it_is_captured_for_more(held: World) -> None:
    held.given(deposit("5", key="d"))
    held.when(capture("3")).then_paid_by("purchased 3").then_balance("2")


def test_it_is_captured_into_debt(held: World) -> None:
    held.when(capture("3")).then_paid_by(debt="3").then_balance("0", debt="3")


def test_it_is_released(held: World) -> None:
    held.when(release()).then_recorded("HoldReleased").then_balance("0")
    held.when(capture("1", key="again")).then_refused(Conflict)


def test_it_is_extended(held: World) -> None:
    held.when(extend(2 * HOUR)).then_recorded("HoldExtended").then_balance("0")


def test_it_expires_and_can_be_captured_for_a_day(held: World) -> None:
    held.given(at(EXPIRED))
    held.when(usage([use("1", id="u")])).then_recorded("HoldExpired", "UsageRecorded")
    held.when(capture(model="free", quantities=TOKENS)).then_recorded("LapsedHoldCaptured")
    held.then_balance("0", debt="1")


def test_the_day_after_it_is_gone(held: World) -> None:
    held.given(at("2026-02-02T13:00:00Z")).when(capture("1")).then_refused(Conflict)


def test_a_wallet_in_debt_may_hold_nothing_and_no_more(world: World) -> None:
    world.given(card(FREE), usage([use("1", id="u")]))
    world.when(free()).then_recorded("HoldPlaced")
    refusal = world.when(place("1", id="i")).then_refused(InsufficientCredits)
    assert refusal.facts["missing"] == "2"


def test_a_suspended_wallet_may_not(world: World) -> None:
    world.given(card(FREE), deposit("1", key="d"), suspend())
    assert world.when(free()).refusals


def test_at_a_full_cap_it_is_held(world: World) -> None:
    world.given(card(FREE), deposit("10", key="d"), caps(cap("c", "5", hard=True)))
    world.given(usage([use("7", id="u")]))
    world.when(free()).then_recorded("HoldPlaced")
    world.when(place("1", id="i")).then_refused(CapExceeded)


def test_an_estimate_that_costs_something_is_held_in_full(world: World) -> None:
    """All that a line counts: what is written to a cache, too."""
    prices = [price("m", "input_tokens", "1"), price("m", "cache_write_tokens", "10")]
    world.given(publish(prices, key="card"), deposit("1", key="d"))
    world.when(place(model="m", quantities={"input_tokens": 100, "cache_write_tokens": 50}))
    world.then_balance("0.45", held="0.55")
    assert credits_of("0.55") == 50 * 1_000 + 50 * 10_000
