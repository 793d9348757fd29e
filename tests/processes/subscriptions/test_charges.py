"""A subscription is charged at the sandbox: once for an invoice, whatever is lost on the way; what
goes back there goes back here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from api.container import Endpoints, Payments, stripe_given
from api.reconciliation.reconcile import Reconciled, reconcile
from api.reconciliation.reconciler import Range
from api.verification.verify import verify
from ledger.kernel.actor import Actor
from tests.api.served import Api, Json, done
from tests.api.subscriptions.story import SELLER
from tests.processes.purchases.dying import Renewal, Step, dies_after, renews_and_dies
from tests.processes.purchases.shop import BACK, Shop, shop_over
from tests.still_clock import STILL_CLOCK

BILLING = "/v1/billing"
DECLINES_LATER = "4000000000000341"
DISPUTED = "4000000000000259"
ACTOR = Actor("@test", "tests", "")
HOUR_US = 3_600 * 10**6
MONTH_US = 31 * 24 * HOUR_US


@pytest.fixture(scope="module")
def shop(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_over(ends, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def seller(shop: Shop) -> Api:
    """An admin of a new org that has said who it is on its invoices."""
    admin = shop.new_admin()
    done(admin.send(f"{BILLING}/invoice-settings", SELLER, method="PUT"))
    return admin


def subscribe(shop: Shop, admin: Api, card: str = "4242424242424242", plan: str = "pro") -> Json:
    """Save a card, and subscribe with it."""
    body = {"user": "ada", "return_url": BACK["cancel_url"]}
    page = done(admin.send(f"{BILLING}/payment-methods", body))["setup_url"]
    shop.run(shop.account.pay(page, card))
    asked = {"user": "ada", "plan": plan, "payment_method": shop.book.method_of(page)}
    found: Json = done(admin.send(f"{BILLING}/subscribe", asked))["subscription"]
    return found


def look(admin: Api) -> Json:
    """The subscription as it is."""
    return done(admin.get(f"{BILLING}/subscription", user="ada"))


def test_a_renewal_that_dies_after_each_step_is_billed_charged_and_granted_once(
    shop: Shop,
) -> None:
    """The first, as time passes for all that there are."""
    admin, database = seller(shop), shop.service.ends.database
    subscribe(shop, admin)
    shop.work()
    with psycopg.connect(database.owner) as connection:
        connection.execute(STILL_CLOCK)
    for renewal in Renewal:
        assert renews_and_dies(renewal, database, MONTH_US), renewal
    for step in Step:
        assert dies_after(step, shop.settings, database), step
        shop.revive()
    shop.catch_up()
    assert (look(admin)["status"], look(admin)["owed"]) == ("active", [])
    assert (shop.has(admin), shop.money(admin)) == (100_000, 4_000)
    invoices = done(admin.get(f"{BILLING}/invoices", user="ada"))["data"]
    assert [each["status"] for each in invoices] == ["paid", "paid"]


@pytest.mark.parametrize("faults", [(), ("error",), ("ok", "error")], ids=len)
def test_twenty_dollars_become_50_000_credits_once(shop: Shop, faults: tuple[str, ...]) -> None:
    admin = seller(shop)
    begun = subscribe(shop, admin)
    assert begun["status"] == "incomplete"
    shop.run(shop.account.fail_next(*faults))
    shop.work()
    shop.run(shop.account.fail_next())
    shop.catch_up()
    assert (look(admin)["status"], look(admin)["owed"]) == ("active", [])
    assert shop.has(admin) == 50_000
    assert shop.money(admin) == 2_000
    shop.catch_up()
    assert (shop.has(admin), shop.money(admin)) == (50_000, 2_000)
    (owed,) = begun["owed"]
    assert done(admin.get(f"{BILLING}/invoices/{owed['invoice']}"))["status"] == "paid"


def test_a_process_that_dies_between_two_steps_charges_once(shop: Shop) -> None:
    admin = seller(shop)
    subscribe(shop, admin)
    for step in Step:
        assert dies_after(step, shop.settings, shop.service.ends.database), step
        shop.revive()
    shop.catch_up()
    assert (look(admin)["status"], shop.has(admin), shop.money(admin)) == ("active", 50_000, 2_000)
    invoices = done(admin.get(f"{BILLING}/invoices", user="ada"))["data"]
    assert [each["status"] for each in invoices] == ["paid"]


def test_a_card_that_is_declined_begins_nothing(shop: Shop) -> None:
    admin = seller(shop)
    begun = subscribe(shop, admin, DECLINES_LATER)
    shop.work()
    shop.catch_up()
    assert (look(admin)["status"], look(admin)["end"]) == ("ended", "not_paid")
    assert (shop.has(admin), shop.money(admin)) == (0, 0)
    (owed,) = begun["owed"]
    assert done(admin.get(f"{BILLING}/invoices/{owed['invoice']}"))["status"] == "void"


def invoice_of(admin: Api, begun: Json) -> Json:
    """Its invoice."""
    (owed,) = begun["owed"]
    found: Json = done(admin.get(f"{BILLING}/invoices/{owed['invoice']}"))
    return found


def refund_there(shop: Shop, payment: str, cents: int) -> str:
    """Give money back in Stripe's dashboard."""

    async def ask() -> str:
        async with shop.account.sdk() as sdk:
            asked: Any = {"payment_intent": payment, "amount": cents}
            return (await sdk.v1.refunds.create_async(asked)).id

    return str(shop.run(ask()))


def test_a_refund_of_the_dashboard_is_here_with_a_credit_note(shop: Shop) -> None:
    admin = seller(shop)
    begun = subscribe(shop, admin)
    shop.work()
    payment = invoice_of(admin, begun)["payments"][0]["reference"]
    refund = refund_there(shop, payment, 500)
    shop.catch_up()
    found = invoice_of(admin, begun)
    assert [each["number"] for each in found["refunds"]] == [refund]
    assert (found["status"], found["refunded"], found["credited"]) == ("paid", "5.00", "5.00")
    assert (shop.has(admin), shop.money(admin)) == (37_500, 1_500)
    shop.control("/refunds/fail", refund=refund)
    shop.catch_up()
    assert [each["status"] for each in invoice_of(admin, begun)["refunds"]] == ["failed"]
    assert (shop.has(admin), shop.money(admin)) == (50_000, 2_000)


def test_a_credit_note_with_money_back_is_paid_once(shop: Shop) -> None:
    admin = seller(shop)
    begun = subscribe(shop, admin)
    shop.catch_up()
    name = invoice_of(admin, begun)["invoice"]
    asked = {"amount": "5", "refund": {"method": "stripe"}}
    note = done(admin.send(f"{BILLING}/invoices/{name}/credit-notes", asked))["credit_note"]
    assert [each["status"] for each in invoice_of(admin, begun)["refunds"]] == ["pending"]
    for step in Step:
        dies_after(step, shop.settings, shop.service.ends.database)
        shop.revive()
    shop.catch_up()
    (refund,) = invoice_of(admin, begun)["refunds"]
    assert (refund["refund"], refund["status"]) == (note["credit_note"], "paid")
    assert (shop.has(admin), shop.money(admin)) == (37_500, 1_500)
    made = refund_there(shop, refund["payment"], 200)
    said = {"amount": "2", "refund": {"method": "stripe", "reference": made}}
    done(admin.send(f"{BILLING}/invoices/{name}/credit-notes", said))
    shop.catch_up()
    found = invoice_of(admin, begun)
    assert [each["number"] for each in found["refunds"]] == [refund["number"], made]
    assert (found["credited"], len(found["credit_notes"])) == ("7.00", 2)
    assert shop.money(admin) == 1_300


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_puts_the_money_aside_until_it_is_decided(shop: Shop, won: bool) -> None:
    admin = seller(shop)
    begun = subscribe(shop, admin, DISPUTED)
    shop.work()
    shop.catch_up()
    (dispute,) = invoice_of(admin, begun)["disputes"]
    assert (dispute["status"], dispute["credits"]) == ("open", "50000")
    assert (shop.has(admin), shop.money(admin)) == (0, 0)
    assert done(admin.get(f"{BILLING}/balance", user="ada"))["suspended"] is True
    shop.control("/disputes/decide", dispute=dispute["dispute"], won=won)
    shop.catch_up()
    (decided,) = invoice_of(admin, begun)["disputes"]
    assert decided["status"] == ("won" if won else "lost")
    assert (shop.has(admin), shop.money(admin)) == ((50_000, 2_000) if won else (0, 0))
    assert done(admin.get(f"{BILLING}/balance", user="ada"))["suspended"] is False
    assert look(admin)["status"] == "active"


def reconciled(shop: Shop) -> Reconciled:
    """Compare all that there is with nothing on its way, and record the fees."""

    async def read() -> Reconciled:
        payments = Payments(stripe_given(shop.settings))
        try:
            now_us = time.time_ns() // 1_000
            during = Range(0, (now_us + HOUR_US) // 10**6 * 10**6)
            provider = await payments.provider("stripe")
            return await reconcile(provider, shop.service.ends.database, during, ACTOR)
        finally:
            await payments.close()

    found: Reconciled = shop.run(read())
    return found


def test_stripes_fees_are_recorded_once_and_its_balance_is_ours(shop: Shop) -> None:
    shop.catch_up()
    found = reconciled(shop)
    booked = shop.book.all("balance_transaction")
    with_fees = [each["id"] for each in booked if each["fee"]]
    assert sorted(each.thing.id for each in found.recorded) == sorted(with_fees)
    assert all(each.owner and each.owner.invoice for each in found.recorded)
    again = reconciled(shop)
    assert (again.recorded, again.compared.differences) == ([], [])
    with psycopg.connect(shop.service.ends.database.owner) as connection:
        ((ours,),) = connection.execute("SELECT sum(amount)::bigint FROM tally.movements")
    assert ours == sum(each["amount"] - each["fee"] for each in booked)


def test_what_all_of_that_has_left_verifies(shop: Shop) -> None:
    assert not verify(shop.service.ends).exit_code
