"""Alarms of purchases: raised for what somebody who operates must act on, and for nothing else."""

from __future__ import annotations

import asyncio
import logging

import pytest

from api.commands.purchases.recharges import StopRecharge
from api.effects.purchases.alarms import PurchaseAlarms
from api.feed.message import message_of
from ledger.kernel.alarms import MARK, Alarm
from ledger.kernel.ids import name_of
from ledger.purchases.purchase import Purchase
from ledger.purchases.recharge_facts import Stop
from tests.scenarios.commands import ACTOR, ORG, USER, deposit, usage, use
from tests.scenarios.purchase_commands import paid, policy, recharge, start, told
from tests.scenarios.world import World


def raised(world: World, caplog: pytest.LogCaptureFixture) -> list[tuple[Alarm, str]]:
    """The alarms of what was recorded last."""
    effect = PurchaseAlarms(world.clock)
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        for event in world.events:
            for call in effect.calls_of(event):
                asyncio.run(effect.call(call))
    return [(getattr(each, MARK), each.getMessage()) for each in caplog.records]


def test_other_money_than_was_asked_for(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.given(start()).when(told(paid(1_999), notice="1"), told(paid(1_999), notice="2"))
    ((alarm, text),) = raised(world, caplog)
    assert alarm is Alarm.PAYMENT_DIFFERS
    assert text == f"ALARM: 19.99 usd of p of {ORG}: other_money"
    assert b'"why":"other_money","amount":{"amount":"19.99"' in message_of(world.events[0]).body


def test_a_purchase_that_is_paid_twice(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.given(start(), told(paid())).when(told(paid(payment="pi_2")))
    assert [alarm for alarm, _ in raised(world, caplog)] == [Alarm.PAYMENT_DIFFERS]


def test_who_buys_too_often_is_the_business_of_the_org(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.given(policy(hourly=0), start()).when(told(paid()))
    flags = [each.why for each in world.facts if isinstance(each, Purchase.PurchaseFlagged)]
    assert flags == ["too_many"]
    assert raised(world, caplog) == []


@pytest.mark.parametrize("why", [Stop.METHOD_REMOVED, Stop.DECLINED])
def test_a_rule_that_ended_by_itself(
    world: World, caplog: pytest.LogCaptureFixture, why: Stop
) -> None:
    world.given(recharge()).when(StopRecharge(org=ORG, actor=ACTOR, user=USER, why=why))
    assert raised(world, caplog) == [
        (Alarm.RECHARGE_STOPPED, f"ALARM: the rule of {USER} of {ORG} ended: {why}")
    ]
    assert f'"why":"{why}"'.encode() in message_of(world.events[0]).body


def test_three_recharges_in_ten_minutes(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.given(policy(hourly=1_000), deposit("150", key="d"), recharge())
    for number in range(2):
        world.given(usage([use("21100", id=f"u{number}")]))
        (begun,) = [each for each in world.facts if isinstance(each, Purchase.PurchaseStarted)]
        world.given(told(paid(payment=f"pi_{number}"), id=name_of(begun.originator_id)))
    world.when(usage([use("21000", id="third")]))
    assert [alarm for alarm, _ in raised(world, caplog)] == [Alarm.RECHARGES_TOO_FAST]


def test_what_is_long_past_is_no_news(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.given(start()).when(told(paid(1_999)))
    world.clock.move_to("2026-02-05T00:00:00Z")
    assert raised(world, caplog) == []
