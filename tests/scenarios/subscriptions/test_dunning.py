"""What is not paid is asked for by the calendar; who pays late has what they paid for."""

from __future__ import annotations

from api.commands.invoices.invoices import ApplyPayment
from ledger.invoices.invoice_base import Method, Payment
from ledger.kernel.errors import Conflict
from ledger.subscriptions.subscription_base import End, Status
from tests.scenarios.commands import ACTOR, ORG
from tests.scenarios.invoice_commands import void
from tests.scenarios.subscription_commands import (
    charge_paid,
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


def test_what_is_not_paid_is_tried_after_3_5_and_7_days_then_past_due_then_over(
    paid: World,
) -> None:
    paid.given(at(MARCH))
    sweep(paid)
    decline(paid)
    for day in ("04", "06", "08"):
        assert subscription_of(paid).status is Status.ACTIVE
        paid.given(at(f"2026-03-{day}T11:59:59Z"))
        assert sweep(paid) == 0
        paid.given(at(f"2026-03-{day}T12:00:00Z"))
        assert sweep(paid) == 1
        decline(paid)
    assert subscription_of(paid).status is Status.PAST_DUE
    assert subscription_of(paid).allows is not None
    paid.given(at("2026-03-15T12:00:00Z"))
    assert sweep(paid) == 1
    now = subscription_of(paid)
    assert (now.status, now.end, len(now.owed)) == (Status.ENDED, End.NOT_PAID, 1)
    assert len(charges_of(paid)) == 1 + 4


def test_a_lost_card_is_not_tried_again_but_another_is_at_once(paid: World) -> None:
    paid.given(at(MARCH))
    sweep(paid)
    decline(paid, "lost_card")
    assert subscription_of(paid).status is Status.PAST_DUE
    paid.given(subscribe(method="pm_2", key="other"))
    assert charges_of(paid)[-1].method.method == "pm_2"
    pay(paid)
    assert subscription_of(paid).status is Status.ACTIVE
    paid.then_lots("included 50000", "included 50000")
    assert verify(paid).exit_code == 0


def test_money_that_comes_after_the_end_brings_its_credits(paid: World) -> None:
    paid.given(at(MARCH))
    sweep(paid)
    decline(paid, "lost_card")
    paid.given(at("2026-03-15T12:00:00Z"))
    sweep(paid)
    invoice = charges_of(paid)[-1].invoice
    transfer = Payment(method=Method.BANK, amount=2_000, reference="wire 7")
    paid.given(
        ApplyPayment(org=ORG, actor=ACTOR, key="wire", sent={}, invoice=invoice, payment=transfer)
    )
    assert subscription_of(paid).status is Status.ENDED
    paid.then_lots("included 50000", "included 50000")
    assert verify(paid).exit_code == 0


def test_an_invoice_that_is_made_void_is_expected_no_more(paid: World) -> None:
    paid.given(at(MARCH))
    sweep(paid)
    decline(paid, "lost_card")
    assert subscription_of(paid).status is Status.PAST_DUE
    paid.given(void(charges_of(paid)[-1].invoice))
    assert (subscription_of(paid).status, subscription_of(paid).owed) == (Status.ACTIVE, {})
    paid.given(at(APRIL))
    assert sweep(paid) == 1
    assert verify(paid).exit_code == 0


def test_a_beginning_whose_invoice_is_made_void_is_none(shop: World) -> None:
    shop.given(subscribe())
    shop.given(void(charges_of(shop)[-1].invoice))
    assert subscription_of(shop).end is End.NOT_PAID
    shop.when(charge_paid(charges_of(shop)[-1].charge, 2_000)).then_refused(Conflict)


def test_what_is_paid_by_invoice_has_time(shop: World) -> None:
    shop.given(
        publish_plan(
            "agreed", 90_000, key="agreed", net_days=30, credits_included=MILLION, is_pooled=True
        ),
        subscribe("agreed", user="@pool", method=None),
    )
    now = subscription_of(shop, "@pool")
    assert (now.status, charges_of(shop)) == (Status.ACTIVE, [])
    (invoice,) = now.owed
    transfer = Payment(method=Method.BANK, amount=90_000, reference="wire 1")
    shop.given(
        at("2026-02-20T00:00:00Z"),
        ApplyPayment(org=ORG, actor=ACTOR, key="wire", sent={}, invoice=invoice, payment=transfer),
    )
    shop.then_lots("included 1", owner="@pool")
    assert subscription_of(shop, "@pool").owed == {}


def test_what_is_not_paid_by_invoice_is_past_due_14_days_after_it_was_due(shop: World) -> None:
    shop.given(
        publish_plan("agreed", 90_000, key="agreed", net_days=3),
        subscribe("agreed", method=None),
        at("2026-02-18T12:00:00Z"),
    )
    assert sweep(shop) == 1
    assert subscription_of(shop).status is Status.PAST_DUE
