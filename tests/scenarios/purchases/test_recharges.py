"""Recharges: a wallet that runs low buys credit by its rule: once at a time, so often a month, and
not again and again."""

from __future__ import annotations

import pytest

from api.commands.command import Command
from api.commands.due import FallDue
from api.commands.purchases.recharges import StopRecharge
from ledger.kernel.errors import InsufficientCredits, Invalid, NotFound
from ledger.purchases.notice import PaymentFailed
from ledger.purchases.purchase import Purchase
from ledger.purchases.recharge import Recharge
from ledger.purchases.recharge_facts import Stop
from tests.scenarios.commands import ACTOR, ORG, USER, deposit, usage, use
from tests.scenarios.purchase_commands import (
    disputed,
    no_recharge,
    paid,
    policy,
    publish_offers,
    recharge,
    refunded,
    told,
)
from tests.scenarios.purchases.folding import purchase_of, wallet_of
from tests.scenarios.wallet_commands import adjust, place, suspend, transfer
from tests.scenarios.world import World, at

DECLINED = PaymentFailed("card_declined")


@pytest.fixture
def ruled(world: World) -> World:
    """A wallet of 150 credits that buys 20.00 worth when there are less than 100."""
    return world.given(policy(hourly=1_000), deposit("150", key="d"), recharge())


def begun(world: World) -> list[str]:
    """The purchases that the last steps have begun."""
    started = [each for each in world.facts if isinstance(each, Purchase.PurchaseStarted)]
    return [each.originator_id.rpartition("/")[2] for each in started]


def spend(world: World, amount: str, id: str) -> list[str]:
    """Use some credit; return what it has begun to buy."""
    return begun(world.given(usage([use(amount, id=id)])))


def due(world: World, moment: str) -> World:
    """Time passes, and the scheduler looks at the rule."""
    return world.given(at(moment)).when(FallDue(org=ORG, actor=ACTOR, stream=f"recharge/{USER}"))


def test_the_decision_that_leaves_too_little_begins_to_buy(ruled: World) -> None:
    assert spend(ruled, "50", "even") == []
    ruled.when(usage([use("1", id="less")]))
    ruled.then_recorded("UsageRecorded", "RechargeTriggered", "PurchaseStarted")
    (purchase,) = begun(ruled)
    started = purchase_of(ruled, purchase)
    assert (started.money.amount, started.user, started.provider) == (2_000, USER, "stripe")
    assert started.charge is not None
    assert started.charge.method == "pm_1"
    ruled.when(told(paid(), id=purchase, notice="1")).then_balance("21099")
    assert "RechargePaid" in [type(each).__name__ for each in ruled.facts]


def test_of_64_debits_at_once_one_begins_to_buy(ruled: World) -> None:
    ruled.when_together(*(usage([use("10", id=f"u{n}")]) for n in range(64)))
    assert len(begun(ruled)) == 1
    assert spend(ruled, "10", "more") == []


@pytest.mark.parametrize(
    "step",
    [
        place("60"),
        transfer("60", giver=USER, receiver="bo"),
        usage([use("200", id="u")]),
        adjust("-60"),
    ],
    ids=["hold", "transfer", "usage", "adjustment"],
)
def test_every_way_to_spend_is_seen(ruled: World, step: Command[object]) -> None:
    assert len(begun(ruled.given(step))) == 1


def test_a_wallet_that_is_low_buys_when_the_rule_is_set(world: World) -> None:
    world.given(recharge())
    assert len(begun(world)) == 1


def test_a_suspended_wallet_buys_nothing(ruled: World) -> None:
    assert begun(ruled.given(suspend(), usage([use("100", id="u")]))) == []


def test_six_in_a_month_are_five_and_a_notice(ruled: World) -> None:
    bought = []
    for number in range(5):
        ruled.given(at(f"2026-02-01T{13 + number}:00:00Z"))
        (purchase,) = spend(ruled, "21000", f"u{number}")
        ruled.given(told(paid(payment=f"pi_{number}"), id=purchase))
        bought.append(purchase)
    assert len(set(bought)) == 5
    ruled.given(at("2026-02-02T00:00:00Z")).when(usage([use("21000", id="six")]))
    ruled.then_recorded("UsageRecorded", "RechargeLimitReached")
    assert spend(ruled, "1", "seven") == []
    due(ruled, "2026-02-28T23:59:59Z").then_nothing_recorded()
    due(ruled, "2026-03-01T00:00:00Z")
    ruled.then_recorded("RechargeWaitOver", "RechargeTriggered", "PurchaseStarted")


def test_a_decline_waits_an_hour_then_a_day_then_it_is_off(ruled: World) -> None:
    (first,) = spend(ruled, "100", "u")
    ruled.given(told(DECLINED, id=first, notice="1"))
    assert spend(ruled, "1", "waits") == []
    due(ruled, "2026-02-01T12:59:59Z").then_nothing_recorded()
    (second,) = begun(due(ruled, "2026-02-01T13:00:00Z"))
    ruled.given(told(DECLINED, id=second, notice="2"), told(DECLINED, id=second, notice="2b"))
    due(ruled, "2026-02-02T12:59:59Z").then_nothing_recorded()
    (third,) = begun(due(ruled, "2026-02-02T13:00:00Z"))
    ruled.when(told(DECLINED, id=third, notice="3"))
    ruled.then_recorded("PurchaseFailed", "RechargeDeclined", "RechargeStopped", "RechargeLevelSet")
    assert wallet_of(ruled).recharge_below == 0
    assert len({first, second, third}) == 3
    due(ruled, "2026-02-09T00:00:00Z").then_nothing_recorded()
    assert spend(ruled, "1", "off") == []
    assert len(begun(ruled.given(recharge(key="again")))) == 1


def test_credit_that_came_meanwhile_needs_no_second_try(ruled: World) -> None:
    (first,) = spend(ruled, "100", "u")
    ruled.given(told(DECLINED, id=first), deposit("1000", key="by hand"))
    due(ruled, "2026-02-01T13:00:00Z").then_recorded("RechargeWaitOver")


def test_a_decline_that_turns_out_to_be_paid_is_one_that_was_paid(ruled: World) -> None:
    (first,) = spend(ruled, "100", "u")
    ruled.given(told(DECLINED, id=first, notice="1"), told(paid(), id=first, notice="2"))
    ruled.then_balance("21050")
    due(ruled, "2026-02-01T13:00:00Z").then_nothing_recorded()


def test_three_in_ten_minutes_stop_the_rule(ruled: World) -> None:
    for number in range(2):
        (purchase,) = spend(ruled, "21100", f"u{number}")
        ruled.given(told(paid(payment=f"pi_{number}"), id=purchase))
    ruled.given(at("2026-02-01T12:09:59Z")).when(usage([use("21000", id="third")]))
    ruled.then_recorded(
        *("UsageRecorded", "RechargeTriggered", "RechargeStopped"),
        *("PurchaseStarted", "RechargeLevelSet"),
    )
    (stopped,) = [each for each in ruled.facts if isinstance(each, Recharge.RechargeStopped)]
    assert stopped.why is Stop.TOO_FAST
    (third,) = begun(ruled)
    ruled.given(told(paid(payment="pi_3"), id=third))
    assert spend(ruled, "42000", "more") == []


def test_a_refusal_says_while_credit_is_being_bought(ruled: World) -> None:
    ruled.given(at("2026-02-01T12:00:00Z"))
    ruled.when(place("151")).then_refused(InsufficientCredits)
    assert [each.facts.get("auto_recharge") for each in ruled.refusals] == [None]
    (purchase,) = spend(ruled, "100", "low")
    asked = usage([use("200", id="one", reject=True), use("1", id="two", reject=True)])
    atomic = usage([use("200", id="three", reject=True)], atomic=True)
    giving = transfer("200", giver=USER, receiver="bo")
    ruled.when(place("200"), asked, atomic, giving, adjust("-200"))
    assert [each.facts.get("auto_recharge") for each in ruled.refusals] == ["pending"] * 5
    ruled.when(told(paid(), id=purchase), place("30000", key="more"))
    assert [each.facts.get("auto_recharge") for each in ruled.refusals] == [None]


def test_what_begins_to_buy_says_so_of_what_it_refuses(ruled: World) -> None:
    ruled.when(usage([use("100", id="low"), use("200", id="too much", reject=True)]))
    (refusal,) = ruled.refusals
    assert refusal.facts["auto_recharge"] == "pending"


def test_turning_it_off_stops_what_was_not_sent(ruled: World) -> None:
    (purchase,) = spend(ruled, "100", "u")
    ruled.when(recharge(key="off", enabled=False))
    ruled.then_recorded("RechargeRuleSet", "PurchaseFailed", "RechargeLevelSet")
    assert purchase_of(ruled, purchase).status == "failed"
    ruled.given(told(paid(), id=purchase)).then_balance("21050")
    (purchase,) = begun(ruled.given(recharge("30000", key="on")))
    ruled.when(no_recharge()).then_recorded(
        "RechargeRuleRemoved", "PurchaseFailed", "RechargeLevelSet"
    )
    ruled.when(no_recharge(key="again")).then_refused(NotFound, field="user")


def test_a_method_that_is_gone_stops_the_rule(ruled: World) -> None:
    stop = StopRecharge(org=ORG, actor=ACTOR, user=USER, why=Stop.METHOD_REMOVED)
    ruled.when(stop, stop).then_recorded("RechargeStopped", "RechargeLevelSet")
    assert ruled.outcomes == [True, False]
    nobody = StopRecharge(org=ORG, actor=ACTOR, user="nobody", why=Stop.METHOD_REMOVED)
    ruled.when(nobody).then_refused(NotFound, field="user")


def test_offers_that_do_not_sell_so_much_any_more_stop_the_rule(ruled: World) -> None:
    ruled.given(publish_offers(key="less", org=ORG, sizes=(1, 1_999)))
    ruled.when(usage([use("100", id="u")]))
    ruled.then_recorded("UsageRecorded", "RechargeStopped", "RechargeLevelSet")


def test_a_recharge_is_refunded_and_disputed_like_what_a_person_buys(ruled: World) -> None:
    (purchase,) = spend(ruled, "100", "u")
    ruled.given(told(paid(), id=purchase), told(refunded(500), id=purchase))
    ruled.then_balance("15800").given(told(disputed(), id=purchase))
    assert purchase_of(ruled, purchase).status == "disputed"
    assert begun(ruled) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"threshold": ""}, "threshold"),
        ({"max_monthly": 0}, "max_monthly"),
        ({"max_monthly": 101}, "max_monthly"),
        ({"method": ""}, "payment_method"),
        ({"amount": 99}, "amount.amount"),
        ({"currency": "eur"}, "amount.currency"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_the_field(
    world: World, wrong: dict[str, object], field: str
) -> None:
    world.when(recharge(**wrong)).then_refused(Invalid, field=field)  # type: ignore[arg-type]
    world.then_nothing_recorded()
