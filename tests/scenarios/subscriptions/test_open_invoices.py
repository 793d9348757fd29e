"""What can be changed while an invoice is not paid: less always, more where there is time to pay;
only while money is on its way nothing."""

from __future__ import annotations

from typing import Any

import pytest

from api.commands.invoices.invoices import ApplyPayment
from ledger.credits.deposits import CreditsGranted
from ledger.invoices.invoice_base import Method, Payment
from ledger.kernel.errors import Conflict
from ledger.subscriptions.changes import When
from ledger.subscriptions.subscription_base import End, Status
from tests.scenarios.commands import ACTOR, ORG
from tests.scenarios.invoices.folding import invoice_of
from tests.scenarios.subscription_commands import (
    cancel,
    publish_plan,
    subscribe,
)
from tests.scenarios.subscriptions.folding import (
    charges_of,
    decline,
    pay,
    subscription_of,
    sweep,
    verify,
)
from tests.scenarios.world import World, at

MILLION = 10**6
MARCH, APRIL = "2026-03-01T12:00:00Z", "2026-04-01T12:00:00Z"


@pytest.fixture
def behind(paid: World) -> World:
    """March was asked for in vain once."""
    paid.given(at(MARCH))
    sweep(paid)
    decline(paid)
    return paid


@pytest.fixture
def terms(shop: World) -> World:
    """Somebody who has 30 days to pay."""
    agreed: dict[str, Any] = {"net_days": 30, "credits_included": 28 * MILLION}
    return shop.given(
        publish_plan("agreed", 2_800, key="agreed", **agreed),
        publish_plan("dearer", 5_600, key="dearer", **agreed | {"credits_included": 56 * MILLION}),
        subscribe("agreed", method=None),
    )


def wire(invoice: str, amount: int) -> ApplyPayment:
    """A transfer that came."""
    transfer = Payment(method=Method.BANK, amount=amount, reference=f"wire {invoice}")
    key = f"wire {invoice} {amount}"
    return ApplyPayment(org=ORG, actor=ACTOR, key=key, sent={}, invoice=invoice, payment=transfer)


def test_while_money_is_on_its_way_nothing_changes(paid: World) -> None:
    paid.given(at(MARCH))
    sweep(paid)
    for command in (
        subscribe("small", key="less"),
        subscribe("big", key="more"),
        cancel(at=When.NOW),
    ):
        paid.when(command).then_refused(Conflict)
        assert "on its way" in paid.refusals[-1].detail


def test_who_is_behind_has_less_from_the_next_period_and_no_more(behind: World) -> None:
    behind.when(subscribe("big", key="more")).then_refused(Conflict, field="plan")
    assert "is not paid" in behind.refusals[-1].detail
    behind.when(subscribe("small", key="less")).then_recorded("PlanChangeScheduled")
    behind.given(at("2026-03-04T12:00:00Z"))
    sweep(behind)
    pay(behind)
    behind.given(at(APRIL))
    sweep(behind)
    assert charges_of(behind)[-1].money.amount == 500


def test_who_is_behind_has_less_now_and_owes_less(behind: World) -> None:
    # The first second of March: all of it is 5.00 then, with 7,000 credits of the 50,000.
    behind.given(subscribe("small", key="less", at=When.NOW))
    behind.given(at("2026-03-04T12:00:00Z"))
    sweep(behind)
    assert charges_of(behind)[-1].money.amount == 500
    pay(behind)
    behind.then_lots("included 50000", "included 7000")
    assert verify(behind).exit_code == 0


def test_less_with_another_payment_method_is_charged_at_once(behind: World) -> None:
    behind.given(subscribe("small", key="both", method="pm_2"))
    assert charges_of(behind)[-1].method.method == "pm_2"
    assert subscription_of(behind).next is not None


def test_what_ends_now_is_owed_for_the_time_that_it_was_held(behind: World) -> None:
    # Of 31 days 5 were: 20.00 / 31 * 5 = 3.23, with 50,000 / 31 * 5 credits when it is paid.
    behind.given(at("2026-03-06T12:00:00Z"))
    behind.given(cancel(at=When.NOW))
    assert subscription_of(behind).end is End.CANCELED
    invoice = charges_of(behind)[-1].invoice
    assert invoice_of(behind, invoice).left == 323
    behind.given(wire(invoice, 323))
    behind.then_lots("included 50000", "included 8064.516129")
    assert verify(behind).exit_code == 0


def test_what_ends_in_its_first_second_is_owed_nothing(terms: World) -> None:
    (invoice,) = subscription_of(terms).owed
    terms.given(cancel(at=When.NOW))
    assert subscription_of(terms).owed == {}
    assert invoice_of(terms, invoice).left == 0
    assert not any(isinstance(fact, CreditsGranted) for fact in terms.facts)
    assert verify(terms).exit_code == 0


def test_who_has_time_to_pay_has_more_at_once_and_pays_both(terms: World) -> None:
    # A half of February: 14.00 more, and 14 credits, when each is paid, in any order.
    terms.given(at("2026-02-15T12:00:00Z"), subscribe("dearer", key="more", method=None))
    now = subscription_of(terms)
    assert now.holding is not None
    assert (now.holding.plan.plan.id, len(now.owed)) == ("dearer", 2)
    first, second = now.owed
    terms.given(wire(second, 1_400), wire(first, 2_800))
    assert subscription_of(terms).owed == {}
    assert subscription_of(terms).holding == now.holding
    terms.then_lots("included 14", "included 28")
    assert verify(terms).exit_code == 0


def test_what_was_scheduled_meanwhile_stays_when_the_change_is_paid_late(terms: World) -> None:
    terms.given(at("2026-02-15T12:00:00Z"), subscribe("dearer", key="more", method=None))
    _, second = subscription_of(terms).owed
    terms.given(subscribe("agreed", key="less", method=None))
    terms.given(wire(second, 1_400))
    assert subscription_of(terms).next is not None
    terms.given(at(MARCH))
    sweep(terms)
    assert subscription_of(terms).holding.plan.plan.id == "agreed"  # type: ignore[union-attr]


def test_a_change_that_is_paid_in_another_period_changes_nothing_of_that(terms: World) -> None:
    terms.given(at("2026-02-15T12:00:00Z"), subscribe("dearer", key="more", method=None))
    _, second = subscription_of(terms).owed
    terms.given(at(MARCH))
    sweep(terms)
    before = subscription_of(terms)
    terms.given(wire(second, 1_400))
    now = subscription_of(terms)
    assert (now.holding, now.parts, now.lots) == (before.holding, before.parts, before.lots)
    assert verify(terms).exit_code == 0


def test_who_has_let_the_time_pass_has_no_more(terms: World) -> None:
    terms.given(at("2026-03-03T12:00:00Z"))
    sweep(terms)
    terms.when(subscribe("dearer", key="more", method=None)).then_refused(Conflict, field="plan")


def test_who_is_past_due_has_less_when_they_have_paid(behind: World) -> None:
    for day in ("04", "06", "08"):
        behind.given(at(f"2026-03-{day}T12:00:00Z"))
        sweep(behind)
        decline(behind)
    assert subscription_of(behind).status is Status.PAST_DUE
    behind.given(subscribe("small", key="less", at=When.NOW, method="pm_2"))
    pay(behind)
    assert subscription_of(behind).status is Status.ACTIVE
    assert verify(behind).exit_code == 0
