"""A subscription begins when it is paid and renews by the calendar; each invoice is paid once, and
brings its credits once."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.subscriptions.changes import When
from ledger.subscriptions.subscription_base import End, Status
from tests.scenarios.invoices.folding import numbers_of
from tests.scenarios.subscription_commands import (
    cancel,
    charge_failed,
    charge_paid,
    resume,
    subscribe,
)
from tests.scenarios.subscriptions.folding import (
    charges_of,
    pay,
    periods,
    subscription_of,
    sweep,
    verify,
)
from tests.scenarios.world import World, at

MARCH = "2026-03-01T12:00:00Z"


def test_it_begins_when_the_money_came(shop: World) -> None:
    shop.when(subscribe())
    shop.then_recorded(
        *("NumberBookOpened", "NumberTaken", "InvoiceDrafted", "InvoiceIssued"),
        *("SubscriberOpened", "SubscriptionStarted", "PaymentDue", "ChargeAsked"),
    )
    assert subscription_of(shop).status is Status.INCOMPLETE
    assert subscription_of(shop).allows is None
    (asked,) = charges_of(shop)
    assert (asked.money.amount, asked.money.currency) == (2_000, "usd")
    shop.when(charge_paid(asked.charge, 2_000))
    shop.then_recorded(
        *("PaymentApplied", "InvoicePaid", "WalletOpened", "CreditsGranted", "PeriodPaid"),
        "CreditLineSet",
    )
    assert subscription_of(shop).status is Status.ACTIVE
    shop.then_lots("included 50000")
    assert periods(shop) == ("2026-02-01", "2026-03-01")
    assert verify(shop).exit_code == 0


def test_it_does_not_begin_when_no_money_comes(shop: World) -> None:
    shop.given(subscribe())
    asked = charges_of(shop)[-1]
    shop.when(charge_failed(asked.charge))
    shop.then_recorded("PaymentFailed", "SubscriptionEnded", "InvoiceVoided")
    assert subscription_of(shop).end is End.NOT_PAID
    shop.when(charge_failed(asked.charge)).then_nothing_recorded()
    shop.given(subscribe(key="again"))
    pay(shop)
    assert (subscription_of(shop).number, subscription_of(shop).status) == (2, Status.ACTIVE)
    assert len(numbers_of(shop)) == 2


def test_what_costs_nothing_begins_at_once_and_resets(shop: World) -> None:
    shop.when(subscribe("free", method=None))
    shop.then_recorded(
        *("WalletOpened", "CreditsGranted"),
        *("SubscriberOpened", "SubscriptionStarted", "PeriodPaid"),
    )
    shop.then_lots("free 1000")
    shop.given(at(MARCH))
    assert sweep(shop) == 1
    shop.then_lots("free 1000")
    assert verify(shop).exit_code == 0


@pytest.mark.parametrize(
    ("field", "command"),
    [
        ("payment_method", subscribe(method=None)),
        ("plan", subscribe("enterprise", user="@pool")),
        ("user", subscribe("team")),
        ("seats", subscribe("team", user="@pool", seats=4)),
        ("seats", subscribe(seats=2)),
        ("identity", subscribe(identity="x" * 32)),
        ("at", subscribe(at=When.PERIOD_END)),
    ],
)
def test_what_cannot_begin_is_named(shop: World, field: str, command: object) -> None:
    shop.when(command).then_refused(Invalid, field=field)  # type: ignore[arg-type]
    shop.then_nothing_recorded()


def test_what_is_not_there_is_not_found(shop: World) -> None:
    shop.when(subscribe("no-such")).then_refused(NotFound, field="plan")
    shop.when(cancel()).then_refused(NotFound, field="user")
    shop.when(resume()).then_refused(NotFound, field="user")


def test_an_org_without_a_name_on_its_invoices_sells_nothing(world: World) -> None:
    world.when(subscribe()).then_refused(Conflict)
    world.then_nothing_recorded()


def test_twins_subscribe_once(shop: World) -> None:
    shop.when_together(*[subscribe()] * 3)
    assert not shop.refusals
    assert len(charges_of(shop)) == 1
    shop.when_together(subscribe(key="a"), subscribe("big", key="b"))
    assert [type(each) for each in shop.refusals] == [Conflict, Conflict]


def test_one_of_two_who_subscribe_at_once_is_refused(shop: World) -> None:
    shop.when_together(subscribe(key="a"), subscribe("big", key="b"))
    (refused,) = shop.refusals
    assert type(refused) is Conflict
    assert len(charges_of(shop)) == len(numbers_of(shop)) == 1


def test_a_charge_that_is_told_twice_is_paid_once(paid: World) -> None:
    (asked,) = charges_of(paid)
    twins = [charge_paid(asked.charge, 2_000)] * 3
    paid.when_together(*twins).then_nothing_recorded()
    paid.then_lots("included 50000")


def test_other_money_than_was_asked_for_pays_nothing(shop: World) -> None:
    shop.given(subscribe())
    asked = charges_of(shop)[-1]
    shop.when(charge_paid(asked.charge, 1_999)).then_refused(Conflict)
    shop.then_nothing_recorded()


def test_a_period_follows_when_it_is_due_and_not_before(paid: World) -> None:
    paid.given(at("2026-03-01T11:59:59.999999Z"))
    assert sweep(paid) == 0
    paid.given(at(MARCH))
    assert sweep(paid) == 1
    assert periods(paid) == ("2026-03-01", "2026-04-01")
    assert subscription_of(paid).status is Status.ACTIVE
    paid.then_lots("included 50000")
    pay(paid)
    paid.then_lots("included 50000", "included 50000")
    assert len(numbers_of(paid)) == 2
    assert verify(paid).exit_code == 0


def test_who_slept_three_months_opens_three_periods_in_order_once_each(paid: World) -> None:
    paid.given(at("2026-05-01T12:00:00Z"))
    assert sweep(paid) == 3
    assert periods(paid) == ("2026-05-01", "2026-06-01")
    asked = charges_of(paid)[1:]
    assert [each.money.amount for each in asked] == [2_000] * 3
    for each in asked:
        paid.given(charge_paid(each.charge, 2_000))
    paid.then_lots(*["included 50000"] * 4)
    assert sweep(paid) == 0
    assert verify(paid).exit_code == 0


def test_two_processes_open_a_period_once(paid: World) -> None:
    paid.given(at(MARCH))
    other = paid.another_process()
    assert sweep(paid) == 1
    paid.group_commit = other
    assert sweep(paid) == 0
    assert len(charges_of(paid)) == 2
