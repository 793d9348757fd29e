"""Expiry is a posting, made when due, and half-open; what is not effective cannot be spent."""

from __future__ import annotations

import pytest

from ledger.credits.transactions import Category
from ledger.kernel.errors import InsufficientCredits, Invalid
from tests.scenarios.commands import credits_of, deposit, grant, us, usage, use
from tests.scenarios.world import World, at

EXPIRY, JUST_BEFORE = "2026-02-02T00:00:00Z", "2026-02-01T23:59:59.999999Z"


def test_a_lot_is_spendable_until_just_before_its_expiry(world: World) -> None:
    world.given(grant("5", "free", key="g", expires=EXPIRY), at(JUST_BEFORE))
    world.when(usage([use("5", id="u")])).then_paid_by("free 5")


def test_a_lot_is_not_spendable_at_its_expiry(world: World) -> None:
    world.given(grant("5", "free", key="g", expires=EXPIRY), at(EXPIRY))
    world.when(usage([use("5", id="u")])).then_paid_by(debt="5")


@pytest.mark.parametrize("late", [EXPIRY, "2026-06-01T00:00:00Z"])
def test_what_expired_is_recorded_before_the_next_decision(world: World, late: str) -> None:
    world.given(deposit("5", key="d"), grant("5", "free", key="g", expires=EXPIRY), at(late))
    world.then_balance("5").then_lots("purchased 5")
    world.when(usage([use("1", id="u")])).then_recorded("LotsExpired", "UsageRecorded")
    world.then_paid_by("purchased 1")
    assert [event.idempotency_key for event in world.events] == ["", ""]


def test_an_expiry_is_a_transaction_of_the_statement(world: World) -> None:
    world.given(
        grant("5", "free", key="1", expires=EXPIRY),
        grant("3", "promotional", key="2", expires="2026-02-01T13:00:00Z"),
        at("2026-02-03T00:00:00Z"),
    )
    world.when(deposit("1", key="d")).then_recorded("LotsExpired", "CreditsDeposited")
    expiries = [each for each in world.transactions() if each.category is Category.EXPIRY]
    assert [each.amount for each in expiries] == [-credits_of("3"), -credits_of("5")]
    assert [each.balance_after for each in expiries] == [credits_of("5"), 0]
    assert [each.occurred_us for each in expiries] == [us("2026-02-01T13:00:00Z"), us(EXPIRY)]


def test_only_what_is_left_expires(world: World) -> None:
    world.given(grant("5", "free", key="g", expires=EXPIRY), usage([use("4", id="u")]), at(EXPIRY))
    world.when(deposit("1", key="d"))
    (expiry,) = [each for each in world.transactions() if each.category is Category.EXPIRY]
    assert expiry.amount == -credits_of("1")


def test_a_refused_decision_does_not_record_what_is_due(world: World) -> None:
    world.given(grant("5", "free", key="g", expires=EXPIRY), at(EXPIRY))
    world.when(usage([use("1", id="u", reject=True)])).then_nothing_recorded()
    world.then_refused(InsufficientCredits)


@pytest.mark.parametrize("expires", ["2026-02-01T12:00:00Z", "2026-01-01T00:00:00Z"])
def test_an_expiry_in_the_past_is_refused(world: World, expires: str) -> None:
    world.when(grant("5", "free", key="g", expires=expires)).then_nothing_recorded()
    world.then_refused(Invalid, field="expires_at")


def test_an_expiry_before_the_effective_time_is_refused(world: World) -> None:
    world.when(grant("5", "free", key="g", effective=EXPIRY, expires=EXPIRY))
    world.then_refused(Invalid, field="expires_at")


def test_a_grant_is_not_spendable_before_its_effective_time(world: World) -> None:
    world.given(grant("5", "included", key="g", effective=EXPIRY), at(JUST_BEFORE))
    world.then_balance("0", pending="5")
    world.when(usage([use("1", id="u", reject=True)])).then_refused(InsufficientCredits)
    world.when(at(EXPIRY)).then_balance("5")
    world.when(usage([use("1", id="u", reject=True)])).then_paid_by("included 1")


def test_a_clock_that_was_set_back_does_not_bring_a_lot_back(world: World) -> None:
    world.given(
        grant("5", "free", key="g", expires=EXPIRY),
        at(EXPIRY),
        deposit("1", key="d"),
        at(JUST_BEFORE),
    )
    world.when(usage([use("1", id="u")])).then_paid_by("purchased 1")
    (event,) = world.events
    assert event.recorded_us == us(EXPIRY)
