"""What a person does by hand: adjustments, zap, suspension; and what is refused meanwhile."""

from __future__ import annotations

import pytest

from ledger.credits.wallet import Wallet
from ledger.kernel.errors import Conflict, InsufficientCredits, Suspended
from tests.scenarios.commands import deposit, grant, usage, use
from tests.scenarios.wallet_commands import (
    adjust,
    capture,
    place,
    release,
    resume,
    suspend,
    transfer,
    zap,
)
from tests.scenarios.world import World, at

EXPIRY = "2026-02-01T12:30:00Z"
GRANTED = grant("5", "promotional", key="g", expires=EXPIRY)
REJECTED = usage([use("1", id="rejected", reject=True)])


def test_an_adjustment_adds_a_lot_of_its_own_kind(world: World) -> None:
    world.when(adjust("2.5", reason="goodwill")).then_recorded("WalletOpened", "CreditsAdjusted")
    world.then_lots("adjustment 2.5")
    (movement,) = world.transactions()
    assert (movement.category, movement.reason is not None) == ("adjustment", True)


def test_an_adjustment_pays_the_debt_first(world: World) -> None:
    world.given(usage([use("3", id="u")])).when(adjust("5")).then_balance("2")


def test_an_adjustment_takes_in_burn_order_and_never_makes_debt(world: World) -> None:
    world.given(deposit("10", key="d"), GRANTED).when(adjust("-7")).then_balance("8")
    world.then_lots("purchased 8")
    world.when(adjust("-8.1", key="more")).then_refused(InsufficientCredits)
    world.given(place("8")).when(adjust("-1", key="held")).then_refused(InsufficientCredits)


def test_zap_clears_what_is_left_effective_or_not_and_the_debt(world: World) -> None:
    pending = grant("4", "free", key="p", effective="2026-03-01T00:00:00Z")
    world.given(usage([use("3", id="u")]), pending).then_balance("0", debt="3", pending="4")
    world.when(zap(reason="account closed")).then_recorded("CreditsWithdrawn").then_balance("0")
    assert world.transactions()[-1].amount == -1_000_000
    world.when(zap(key="again")).then_refused(Conflict, field="user")


def test_zap_leaves_holds_what_they_have_set_aside(world: World) -> None:
    world.given(deposit("10", key="d"), place("4")).when(zap()).then_balance("0", held="4")
    assert world.transactions()[-1].balance_after == 4_000_000
    world.when(release()).then_balance("4")


@pytest.mark.parametrize(
    "admission", [REJECTED, place("1"), transfer("1", giver="ada", receiver="bo")]
)
def test_a_suspended_wallet_refuses_admissions(world: World, admission: object) -> None:
    world.given(deposit("10", key="d"), suspend(reason="chargeback"))
    world.when(admission)  # type: ignore[arg-type]
    assert world.then_refused(Suspended).code == "wallet_suspended"
    world.when(resume(), admission)  # type: ignore[arg-type]
    assert not world.refusals


def test_usage_that_has_happened_is_recorded_while_suspended(world: World) -> None:
    world.given(deposit("10", key="d"), place("4"), suspend())
    world.given(usage([use("1", id="u")]), capture("3"), deposit("1", key="more"))
    world.then_balance("7")


def test_suspending_twice_and_resuming_what_runs_are_refused(world: World) -> None:
    world.when(resume()).then_refused(Conflict, field="user")
    world.given(suspend()).when(suspend(key="again")).then_refused(Conflict, field="user")


@pytest.mark.parametrize("first", [[], [suspend(key="before")]], ids=["suspend", "resume"])
def test_what_fell_due_is_recorded_before_a_suspension(world: World, first: list[object]) -> None:
    world.given(GRANTED, *first, at(EXPIRY))  # type: ignore[arg-type]
    world.when(resume() if first else suspend())
    world.then_recorded("LotsExpired", "WalletResumed" if first else "WalletSuspended")


@pytest.mark.parametrize(
    "admission", [REJECTED, place("1"), transfer("1", giver="ada", receiver="bo")]
)
def test_a_wallet_in_debt_refuses_admissions_and_says_what_is_missing(
    world: World, admission: object
) -> None:
    world.given(
        usage([use("3", id="u")]), grant("9", "free", key="p", effective="2026-03-01T00:00:00Z")
    )
    world.when(admission)  # type: ignore[arg-type]
    refusal = world.then_refused(InsufficientCredits)
    assert refusal.facts == {"available": "0", "required": "1", "missing": "4"}
    world.then_nothing_recorded()
    world.when(usage([use("1", id="plain")])).then_balance("0", debt="4", pending="9")


def test_withdrawals_say_which_lots_they_took(world: World) -> None:
    world.given(deposit("10", key="d"), GRANTED).when(adjust("-6"))
    fact = world.facts[0]
    assert isinstance(fact, Wallet.CreditsWithdrawn)
    assert [(part.kind, part.amount) for part in fact.lots] == [
        ("promotional", 5_000_000),
        ("purchased", 1_000_000),
    ]
