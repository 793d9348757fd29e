"""What the debt of a period reaches: half of the limit is told once, and at the org's threshold it
is billed at once, as at the end of the period.

Prices: 1,000 credits of overage are a dollar, so ten credits are a cent.
"""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.errors import InsufficientCredits
from ledger.subscriptions.overage_facts import HalfOfLimitReached
from ledger.subscriptions.plan import Overage
from ledger.subscriptions.subscription_base import Status
from tests.scenarios.commands import deposit, usage, use
from tests.scenarios.invoice_commands import pay as pay_invoice
from tests.scenarios.invoice_commands import settings
from tests.scenarios.subscription_commands import (
    advance,
    charge_failed,
    publish_plan,
    set_policy,
    subscribe,
)
from tests.scenarios.subscriptions.folding import (
    charges_of,
    every,
    inspected,
    invoices_of,
    pay,
    periods,
    subscription_of,
    sweep,
    verify,
)
from tests.scenarios.wallet_commands import capture, place
from tests.scenarios.world import World, at

CREDITS = 10**6
FEB, MARCH = "2026-02-01T12:00:00Z", "2026-03-01T12:00:00Z"
TOLD = ("UsageRecorded", "HalfOfLimitReached", "CreditLineSet")


@pytest.fixture
def shop(world: World) -> World:
    """A shop of plans with a limit of 40 credits beyond their 100, of 20, and of none."""
    beyond: dict[str, Any] = {
        "credits_included": 100 * CREDITS,
        "overage": Overage.PAY_AS_YOU_GO,
        "overage_price": 100,
    }
    return world.given(
        settings(),
        publish_plan("some", key="some", overage_limit=40 * CREDITS, **beyond),
        publish_plan("few", 1_500, key="few", overage_limit=20 * CREDITS, **beyond),
        publish_plan("any", key="any", **beyond),
        at(FEB),
    )


@pytest.fixture
def paid(shop: World) -> World:
    """A payer of the plan, who has used all credits of the period."""
    return begun(shop, "some")


def begun(shop: World, plan: str) -> World:
    shop.given(subscribe(plan))
    pay(shop)
    return shop.given(usage([use("100", id="all")]))


@pytest.fixture
def billed(shop: World) -> World:
    """The same, where 30 credits of debt are billed at once."""
    shop.given(set_policy(key="interim", interim=30 * CREDITS))
    return begun(shop, "some")


def names(world: World) -> list[str]:
    return [type(fact).__name__ for fact in world.facts]


def total(world: World) -> list[int]:
    """What each invoice comes to."""
    return [each.total for each in invoices_of(world)]


# -- half of the limit ---------------------------------------------------------------------------


def test_half_of_the_limit_is_told_in_the_commit_of_the_use_that_reaches_it(paid: World) -> None:
    paid.when(usage([use("19.999999", id="a")])).then_recorded("UsageRecorded")
    paid.when(usage([use("0.000001", id="b")])).then_recorded(*TOLD)
    told: Any = paid.facts[1]
    now = subscription_of(paid)
    assert (told.debt, told.limit) == (20 * CREDITS, 40 * CREDITS)
    assert (told.ends_us, now.is_half_used) == (now.end_us, True)
    paid.when(usage([use("30", id="c")])).then_recorded("UsageRecorded")
    assert verify(paid).exit_code == 0


def test_it_is_told_once_a_period(paid: World) -> None:
    paid.given(usage([use("20", id="a")]), deposit("50", key="bought"))
    paid.when(usage([use("70", id="b")])).then_recorded("UsageRecorded")
    paid.given(at(MARCH))
    sweep(paid)
    pay(paid)
    paid.when(usage([use("120", id="c")])).then_recorded(*TOLD)
    assert verify(paid).exit_code == 0


def test_a_hold_that_is_captured_reaches_it_and_one_that_is_open_does_not(paid: World) -> None:
    paid.when(place("39")).then_recorded("HoldPlaced")
    paid.when(capture("20")).then_recorded("HoldCaptured", "HalfOfLimitReached", "CreditLineSet")


def test_of_any_number_at_once_one_tells_it(paid: World) -> None:
    paid.when_together(*(usage([use("15", id=f"use {each}")]) for each in range(4)))
    assert names(paid).count("HalfOfLimitReached") == 1
    assert verify(paid).exit_code == 0


def test_of_two_processes_one_tells_it(paid: World) -> None:
    other = paid.another_process()
    other.run([usage([use("1", id="seen")])])
    paid.given(usage([use("19", id="first")]))
    assert subscription_of(paid).is_half_used
    paid.group_commit = other
    paid.when(usage([use("1", id="second")])).then_recorded("UsageRecorded")
    assert verify(paid).exit_code == 0


def test_a_limit_that_falls_to_twice_the_debt_is_told(paid: World) -> None:
    paid.given(usage([use("12", id="a")]), subscribe("few", key="fewer"))
    pay(paid)
    assert subscription_of(paid).is_half_used
    assert verify(paid).exit_code == 0


def test_verification_finds_what_was_told_twice_in_a_period(paid: World) -> None:
    paid.given(usage([use("20", id="a")]))
    events = every(paid)
    told = [each for each in events if isinstance(each[1], HalfOfLimitReached)]
    assert inspected(events).exit_code == 0
    assert inspected(events + told).exit_code == 1


def test_without_a_limit_there_is_no_half(shop: World) -> None:
    begun(shop, "any")
    shop.when(usage([use("900000", id="much")])).then_recorded("UsageRecorded")


# -- the threshold -------------------------------------------------------------------------------


def test_at_the_threshold_the_debt_is_billed_and_the_period_goes_on(billed: World) -> None:
    billed.when(usage([use("31", id="a")])).then_recorded(
        *("UsageRecorded", "HalfOfLimitReached", "InterimReached", "CreditLineSet")
    )
    billed.when(advance()).then_recorded(
        *("NumberTaken", "InvoiceDrafted", "InvoiceIssued", "DebtInvoiced"),
        *("PaymentDue", "InterimOver", "ChargeAsked", "CreditLineSet"),
    )
    assert total(billed) == [1_000, 3]
    assert charges_of(billed)[-1].money.amount == 3
    assert periods(billed) == ("2026-02-01", "2026-03-01")
    pay(billed)
    now = subscription_of(billed)
    assert (now.status, now.owed, now.is_half_used) == (Status.ACTIVE, {}, False)
    billed.then_balance("0")
    billed.when(usage([use("20", id="b")])).then_recorded(*TOLD)  # it counts anew
    billed.given(at(MARCH))
    assert sweep(billed) == 1
    assert total(billed) == [1_000, 3, 1_002]
    assert verify(billed).exit_code == 0


def test_a_plan_without_a_limit_has_the_threshold(shop: World) -> None:
    shop.given(set_policy(key="interim", interim=1_000 * CREDITS))
    begun(shop, "any")
    shop.when(usage([use("999", id="a")])).then_recorded("UsageRecorded")
    shop.when(usage([use("5001", id="b")])).then_recorded(
        "UsageRecorded", "InterimReached", "CreditLineSet"
    )
    assert sweep(shop) == 1
    assert total(shop) == [1_000, 600]


def test_of_two_who_look_after_time_one_bills_it(billed: World) -> None:
    billed.given(usage([use("35", id="a")]))
    other = billed.another_process()
    billed.when_together(advance(), usage([use("3", id="late")]), advance())
    assert names(billed).count("DebtInvoiced") == 1
    billed.group_commit = other
    assert sweep(billed) == 0
    billed.then_balance("0", debt="3")
    assert verify(billed).exit_code == 0


def test_what_credit_has_paid_meanwhile_is_not_billed(billed: World) -> None:
    billed.given(usage([use("30", id="a")]), deposit("30", key="bought"))
    billed.when(advance()).then_recorded("InterimOver", "CreditLineSet")
    billed.when(usage([use("29", id="b")])).then_recorded("UsageRecorded")
    billed.when(usage([use("1", id="c")])).then_recorded(
        "UsageRecorded", "InterimReached", "CreditLineSet"
    )
    sweep(billed)
    assert total(billed) == [1_000, 3]
    assert verify(billed).exit_code == 0


def test_who_does_not_pay_one_has_no_other_until_they_do(billed: World) -> None:
    billed.given(usage([use("30", id="a")]), advance())
    billed.given(charge_failed(charges_of(billed)[-1].charge))
    billed.when(usage([use("35", id="b")])).then_recorded(*TOLD)
    billed.when(place("5.1")).then_refused(InsufficientCredits)
    (invoice,) = subscription_of(billed).owed
    billed.when(pay_invoice(3, id=invoice)).then_recorded(
        *("PaymentApplied", "InvoicePaid", "OveragePaid"),
        *("CreditLineSet", "InterimReached", "CreditLineSet"),
    )
    assert sweep(billed) == 1
    assert total(billed) == [1_000, 3, 4]
    assert verify(billed).exit_code == 0


def test_who_slept_bills_it_before_the_period_that_follows(billed: World) -> None:
    billed.given(usage([use("40", id="a")]), at(MARCH))
    assert sweep(billed) == 2
    assert total(billed) == [1_000, 4, 1_000]
    assert verify(billed).exit_code == 0


def test_a_threshold_that_was_raised_counts_when_the_old_one_is_reached(billed: World) -> None:
    billed.given(set_policy(key="higher", interim=38 * CREDITS))
    billed.given(usage([use("37", id="a")]))
    assert subscription_of(billed).interim_us is None
    billed.given(usage([use("1", id="b")]))
    assert subscription_of(billed).interim_us is not None


def test_what_no_invoice_can_be_made_of_waits(world: World) -> None:
    plan = publish_plan("terms", 0, key="terms", net_days=30, overage=Overage.INVOICE)
    world.given(set_policy(key="interim", interim=30 * CREDITS), plan)
    world.given(subscribe("terms", method=None))
    for each in range(2):
        world.when(usage([use("40", id=f"use {each}")])).then_recorded("UsageRecorded")
    world.given(settings())
    world.when(usage([use("1", id="now")])).then_recorded(
        "UsageRecorded", "InterimReached", "CreditLineSet"
    )
