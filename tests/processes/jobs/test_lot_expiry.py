"""How long credit lasts when its grant does not say, and free credit that never accumulates."""

from __future__ import annotations

import pytest

from api.commands.credits.allowances import (
    CloseAllowanceMonth,
    GrantAllowance,
    GrantStarter,
    SetAllowance,
)
from api.commands.credits.deposits import GrantCredits
from ledger.credits.lots import Kind, Terms
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.times import format_time, month_end, month_of, parse_time
from tests.scenarios.commands import (
    ACTOR,
    ORG,
    USER,
    credits_of,
    deposit,
    grant,
    register,
    usage,
    use,
)
from tests.scenarios.wallet_commands import place, transfer
from tests.scenarios.world import World, at


def included(period_end: str | None, *, kind: Kind = Kind.INCLUDED) -> GrantCredits:
    """Credits of a subscription's period."""
    end_us = None if period_end is None else parse_time(period_end, "t")
    return GrantCredits(
        org=ORG,
        actor=ACTOR,
        key=f"included {period_end} {kind}",
        sent={"period_end": end_us, "kind": kind},
        user=USER,
        asset="credit",
        terms=Terms(kind, credits_of("10"), period_end_us=end_us),
    )


def starter(key: str = "s", month: str = "2026-02", user: str = USER) -> GrantStarter:
    return GrantStarter(org=ORG, actor=ACTOR, key=key, sent={"user": user}, user=user, month=month)


def allowance(amount: str | None, key: str = "a") -> SetAllowance:
    units = None if amount is None else credits_of(amount)
    return SetAllowance(
        org=ORG, actor=ACTOR, key=key, sent={"free_monthly": units}, free_monthly=units
    )


def monthly(month: str, user: str = USER) -> GrantAllowance:
    return GrantAllowance(org=ORG, actor=ACTOR, user=user, month=month)


def expiries(world: World, owner: str = USER) -> list[str | None]:
    return [
        None if lot.terms.expires_us is None else format_time(lot.terms.expires_us)
        for lot in world.balance(owner).lots
    ]


@pytest.fixture
def world() -> World:
    return World().given(register())


@pytest.mark.parametrize(
    ("granted", "ends"),
    [
        ("2026-02-01T00:00:00Z", "2026-03-01T00:00:00.000000Z"),
        ("2026-02-28T23:59:59.999999Z", "2026-03-01T00:00:00.000000Z"),
        ("2028-02-29T12:00:00Z", "2028-03-01T00:00:00.000000Z"),
        ("2026-12-31T23:59:59Z", "2027-01-01T00:00:00.000000Z"),
        ("2026-04-30T00:00:00Z", "2026-05-01T00:00:00.000000Z"),
    ],
)
def test_free_credit_ends_with_its_month(granted: str, ends: str) -> None:
    world = World()
    world.clock.move_to(granted)
    world.given(register(), grant("5", "free", key="g"))
    assert expiries(world) == [ends]
    last = parse_time(ends, "t") - 1
    assert month_end(last) == parse_time(ends, "t")
    assert month_of(last) == granted[:7]


def test_free_credit_resets_and_never_accumulates(world: World) -> None:
    world.given(grant("5", "free", key="g1"), usage([use("2", id="u")]))
    world.when(grant("5", "free", key="g2")).then_recorded("LotsExpired", "CreditsGranted")
    world.then_lots("free 5")
    moved = [(each.category, each.amount) for each in world.transactions()[-2:]]
    assert moved == [("expiry", -credits_of("3")), ("grant", credits_of("5"))]
    assert all(each.occurred_us <= each.recorded_us for each in world.transactions())
    assert world.transactions()[-1].balance_after == credits_of("5")


SOON, LATER = "2026-02-02T00:00:00Z", "2026-02-03T00:00:00Z"


def test_free_credit_granted_for_later_resets_when_it_begins(world: World) -> None:
    world.given(grant("5", "free", key="now"), grant("4", "free", key="then", effective=SOON))
    world.then_lots("free 5", "free 4")
    assert next_due(world) == parse_time(SOON, "t"), "the sweep comes when it begins"
    world.clock.move_to(SOON)
    assert world.balance().available == credits_of("4"), "before it is recorded, too"
    world.when(deposit("1", key="d"))
    world.then_recorded("CreditsTookEffect", "LotsExpired", "CreditsDeposited")
    world.then_lots("free 4", "purchased 1")


def test_of_two_that_begin_at_once_the_one_granted_last_stays(world: World) -> None:
    world.given(grant("5", "free", key="first", effective=SOON))
    world.given(grant("4", "free", key="last", effective=SOON, priority=1))
    world.clock.move_to(LATER)
    world.when(deposit("1", key="d")).then_lots("free 4", "purchased 1")


def test_it_resets_once_and_leaves_what_comes_after(world: World) -> None:
    world.given(grant("9", "free", key="bobs", user="bob"), deposit("1", key="d"))
    world.given(grant("4", "free", key="then", effective=SOON))
    world.clock.move_to(SOON)
    world.when(deposit("1", key="d2")).then_recorded("CreditsTookEffect", "CreditsDeposited")
    world.given(transfer("3", giver="bob", receiver=USER, key="t"))
    world.clock.move_to(LATER)
    world.when(deposit("1", key="d3")).then_recorded("CreditsDeposited")
    assert world.balance().available == credits_of("10")


def test_what_holds_have_set_aside_stays_theirs_when_it_begins(world: World) -> None:
    world.given(grant("5", "free", key="now"), grant("4", "free", key="then", effective=SOON))
    world.clock.move_to("2026-02-01T23:59:59Z")
    world.given(place("2", key="h"))
    world.clock.move_to(SOON)
    world.when(deposit("1", key="d"))
    assert world.balance().held == credits_of("2")
    assert world.balance().available == credits_of("5")


def test_a_reset_leaves_other_kinds_alone(world: World) -> None:
    world.given(
        deposit("1", key="d"), grant("2", "promotional", key="p"), grant("5", "free", key="f1")
    )
    world.given(grant("4", "free", key="f2"))
    world.then_lots("free 4", "promotional 2", "purchased 1")


def test_free_credit_for_later_takes_nothing_away_now(world: World) -> None:
    world.given(grant("5", "free", key="f1"))
    world.given(grant("4", "free", key="f2", effective="2026-03-01T00:00:00Z"))
    world.then_balance("5", pending="4")
    assert expiries(world) == ["2026-03-01T00:00:00.000000Z", "2026-04-01T00:00:00.000000Z"]


@pytest.mark.parametrize(
    ("period_end", "ends"),
    [
        ("2026-03-01T00:00:00Z", "2026-05-30T00:00:00.000000Z"),
        ("2026-12-31T12:00:00Z", "2027-03-31T12:00:00.000000Z"),
        ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00.000000Z"),
    ],
)
def test_included_credit_rolls_over_for_90_days(world: World, period_end: str, ends: str) -> None:
    world.given(included(period_end))
    assert expiries(world) == [ends]


def test_included_credit_without_a_period_has_no_end(world: World) -> None:
    world.given(included(None))
    assert expiries(world) == [None]


def test_a_period_is_of_included_credit_and_not_long_over(world: World) -> None:
    world.when(included("2026-03-01T00:00:00Z", kind=Kind.PROMOTIONAL))
    world.then_refused(Invalid, field="period_end")
    world.when(included("2025-11-03T12:00:00Z"))
    world.then_refused(Invalid, field="period_end")


def test_starter_credit_is_given_once_for_ever(world: World) -> None:
    world.given(starter())
    world.then_lots("promotional 5000")
    assert expiries(world) == ["2026-03-03T12:00:00.000000Z"]
    world.given(starter())
    assert world.command_results[0].replayed
    world.when(starter("another key")).then_refused(Conflict, field="user")
    world.when(at("2027-02-01T12:00:00Z"), starter("a year later", "2027-02"))
    world.then_refused(Conflict, field="user")


def test_two_requests_at_once_are_one_starter_credit(world: World) -> None:
    world.when_together(starter("k1"), starter("k2"))
    assert len(world.command_results) == len(world.refusals) == 1
    world.then_lots("promotional 5000")


def test_a_welcomed_user_gets_the_month_s_allowance_at_once(world: World) -> None:
    world.given(allowance("100"), starter())
    world.then_lots("free 100", "promotional 5000")
    world.when(monthly("2026-02")).then_nothing_recorded()


def test_an_allowance_is_given_once_a_month_and_not_made_up_for(world: World) -> None:
    world.given(deposit("1", key="d"), allowance("100"))
    world.given(monthly("2026-02"), monthly("2026-02"))
    world.then_lots("free 100", "purchased 1")
    world.given(usage([use("40", id="u")]), at("2026-03-01T00:00:00Z"))
    world.when(monthly("2026-02")).then_nothing_recorded()  # late: it is March
    world.when(monthly("2026-03")).then_recorded("LotsExpired", "CreditsGranted")
    world.then_lots("free 100", "purchased 1")


def test_an_allowance_that_is_taken_back_is_not_given(world: World) -> None:
    world.given(deposit("1", key="d"), allowance("100"), allowance(None, "b"))
    world.when(monthly("2026-02")).then_nothing_recorded()


def test_a_month_is_closed_once(world: World) -> None:
    close = CloseAllowanceMonth(org=ORG, actor=ACTOR, month="2026-02")
    world.when(close).then_nothing_recorded()
    world.given(allowance("100")).when(close, close).then_recorded("AllowancesGranted")


def next_due(world: World) -> int | None:
    """When time next brings something, of all there is."""
    rows = world.event_store.due_streams(2**62, 1)
    return rows[0].due_us if rows else None


def test_the_store_knows_when_a_wallet_falls_due(world: World) -> None:
    world.given(deposit("1", key="d"))
    assert next_due(world) is None
    world.given(grant("2", "promotional", key="p", expires="2026-05-01T00:00:00Z"))
    assert next_due(world) == parse_time("2026-05-01T00:00:00Z", "t")
    world.given(usage([use("3", id="u1")]))  # all is used up: nothing can end
    assert next_due(world) is None
    world.given(usage([use("4", id="u2")]))
    world.given(grant("2", "included", key="i", effective="2026-04-01T00:00:00Z"))
    assert next_due(world) == parse_time("2026-04-01T00:00:00Z", "t")  # it will pay debt


def test_an_allowance_is_due_when_it_is_set_and_then_on_the_first_of_each_month(
    world: World,
) -> None:
    world.given(allowance("100"))
    assert next_due(world) == world.clock()
    world.given(CloseAllowanceMonth(org=ORG, actor=ACTOR, month="2026-12"))
    assert next_due(world) == parse_time("2027-01-01T00:00:00Z", "t")
    world.given(allowance(None, "b"))
    assert next_due(world) is None
