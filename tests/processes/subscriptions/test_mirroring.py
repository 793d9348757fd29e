"""A subscription that Stripe runs, at the sandbox: what it renews, collects, changes and ends is
here, once, whatever was lost on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from api.container import Endpoints, Payments, stripe_given
from api.reconciliation.reconcile import compared
from api.reconciliation.reconciler import Range
from api.verification.verify import verify
from tests.api.served import Api, Json, done
from tests.api.subscriptions.story import SELLER
from tests.processes.purchases.dying import Step, dies_after
from tests.processes.purchases.shop import BACK, PROCESSOR, Shop, shop_over

BILLING = "/v1/billing"
HOUR_S, DAY_S = 3_600, 86_400
DECLINES_LATER = "pm_card_chargeCustomerFail"


@pytest.fixture(scope="module")
def shop(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_over(ends, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def prices(shop: Shop) -> dict[str, str]:
    """What a month costs at Stripe, by plan."""
    found = {}
    for name, amount in (("plain", 2_000), ("large", 5_000)):
        recurring: Any = {"interval": "month"}
        asked = {"currency": "usd", "unit_amount": amount, "recurring": recurring}
        asked["product_data"] = {"name": name}
        found[name] = _asked(shop, lambda v1, asked=asked: v1.prices.create_async(asked)).id
    return found


def _asked(shop: Shop, call: Any) -> Any:
    async def ask() -> Any:
        async with shop.account.sdk() as sdk:
            return await call(sdk.v1)

    return shop.run(ask())


def seller(shop: Shop, prices: dict[str, str]) -> Api:
    """An admin of a new org whose plans are sold by Stripe."""
    admin = shop.new_admin()
    done(admin.send(f"{BILLING}/invoice-settings", SELLER, method="PUT"))
    for name, price, credits in (("plain", "20", "50000"), ("large", "50", "200000")):
        plan = {"id": name, "name": name, "price": price, "credits_included": credits}
        plan["stripe_price_id"] = prices[name]
        done(admin.send(f"{BILLING}/plans", plan, method="PUT"))
    return admin


def subscribe(shop: Shop, admin: Api, user: str = "ada") -> str:
    """Subscribe on Stripe's page; say which subscription it is there."""
    page = {"user": user, "plan": "plain", **BACK}
    url = done(admin.send(f"{BILLING}/subscribe/checkout", page))["checkout_url"]
    shop.run(shop.account.pay(url))
    found = [
        each
        for each in shop.book.all("subscription")
        if each["metadata"] == {"org": admin.org, "user": user}
    ]
    return str(found[0]["id"])


def look(admin: Api) -> Json:
    """The subscription as it is here."""
    return done(admin.get(f"{BILLING}/subscription", user="ada"))


def pass_days(shop: Shop, days: float) -> None:
    """Let days pass at Stripe."""
    shop.control("/clock", seconds=int(days * DAY_S))


def invoices(admin: Api) -> list[tuple[str, str]]:
    """The invoices, oldest first: where each is, and what it comes to."""
    found = done(admin.get(f"{BILLING}/invoices", user="ada"))["data"]
    return [(each["status"], each["total"]) for each in reversed(found)]


def collected(shop: Shop, admin: Api) -> int:
    """What Stripe has collected by the journal, which is what it says itself."""
    text = admin.get("/v1/audit/journal", format="csv").text
    in_journal = sum(
        int(line.split(",")[_units(text)])
        for line in text.splitlines()[1:]
        if PROCESSOR in line and "USD" in line
    )
    customers = {
        each["customer"]
        for each in shop.book.all("subscription")
        if each["metadata"].get("org") == admin.org
    }
    bills = (each for each in shop.book.all("invoice") if each["customer"] in customers)
    there = sum(int(each["amount_paid"]) for each in bills)
    assert in_journal == there
    return there


def _units(text: str) -> int:
    return text.splitlines()[0].split(",").index("units")


def test_what_is_begun_on_the_page_is_here_with_its_credits(
    shop: Shop, prices: dict[str, str]
) -> None:
    admin = seller(shop, prices)
    there = subscribe(shop, admin)
    shop.catch_up()
    found = look(admin)
    assert (found["status"], found["mirrors"], found["held"]["plan"]) == (
        *("active", there),
        "plain",
    )
    assert (shop.has(admin), invoices(admin)) == (50_000, [("paid", "20.00")])
    assert collected(shop, admin) == 2_000
    again = {"user": "ada", "plan": "plain", **BACK}
    refused = admin.send(f"{BILLING}/subscribe/checkout", again)
    assert (refused.status_code, refused.json()["field"]) == (409, "user")


def test_it_is_renewed_changed_and_ended_there(shop: Shop, prices: dict[str, str]) -> None:
    admin = seller(shop, prices)
    there = subscribe(shop, admin)
    shop.catch_up()
    pass_days(shop, 62.5)
    shop.catch_up()
    assert (shop.has(admin), collected(shop, admin)) == (150_000, 6_000)
    assert invoices(admin) == [("paid", "20.00")] * 3
    item = _asked(shop, lambda v1: v1.subscriptions.retrieve_async(there))["items"].data[0].id
    larger: Any = {"items": [{"id": item, "price": prices["large"]}]}
    _asked(shop, lambda v1: v1.subscriptions.update_async(there, larger))
    shop.catch_up()
    assert look(admin)["held"]["plan"] == "large"
    pass_days(shop, 31.5)
    shop.catch_up()
    assert collected(shop, admin) > 6_000 + 5_000
    end: Any = {"cancel_at_period_end": True}
    _asked(shop, lambda v1: v1.subscriptions.update_async(there, end))
    shop.catch_up()
    assert look(admin)["canceled"] is True
    pass_days(shop, 31.5)
    shop.catch_up()
    assert (look(admin)["status"], look(admin)["end"]) == ("ended", "canceled")
    collected(shop, admin)


def test_what_nobody_pays_is_past_due_and_ends(shop: Shop, prices: dict[str, str]) -> None:
    admin = seller(shop, prices)
    there = subscribe(shop, admin)
    shop.catch_up()
    declines = _asked(
        shop,
        lambda v1: v1.payment_methods.attach_async(
            DECLINES_LATER, {"customer": shop.book.all("subscription", id=there)[0]["customer"]}
        ),
    ).id
    by: Any = {"default_payment_method": declines}
    _asked(shop, lambda v1: v1.subscriptions.update_async(there, by))
    pass_days(shop, 31.5)
    shop.catch_up()
    assert look(admin)["status"] == "past_due"
    assert look(admin)["owed"][0]["failures"] >= 1
    assert shop.has(admin) == 50_000
    pass_days(shop, 60)
    shop.catch_up()
    assert (look(admin)["status"], look(admin)["end"]) == ("ended", "not_paid")
    assert (shop.has(admin), collected(shop, admin)) == (50_000, 2_000)


def test_use_beyond_the_credits_is_on_the_draft_and_paid_with_the_period(
    shop: Shop, prices: dict[str, str]
) -> None:
    admin = seller(shop, prices)
    plan = {"id": "plain", "name": "plain", "price": "20", "credits_included": "50000"}
    plan |= {"stripe_price_id": prices["plain"], "overage": "pay_as_you_go"}
    done(admin.send(f"{BILLING}/plans", plan, method="PUT"))
    there = subscribe(shop, admin)
    shop.catch_up()
    done(admin.use("ada", "51000"))
    (item,) = shop.book.all("subscription", id=there)[0]["items"]["data"]
    now = int(shop.control("", method="GET")["now"])
    shop.control("/clock", seconds=int(item["current_period_end"]) - now + 60)
    shop.hear()
    shop.work()
    assert dies_after(Step.CALLED, shop.settings, shop.service.ends.database)
    shop.catch_up()
    assert shop.has(admin) == 0
    shop.control("/clock", seconds=2 * HOUR_S)
    shop.catch_up()
    assert (shop.has(admin), collected(shop, admin)) == (50_000, 2_000 + 2_100)
    assert invoices(admin) == [("paid", "20.00"), ("paid", "21.00")]


def test_a_process_that_dies_between_two_steps_grants_once(
    shop: Shop, prices: dict[str, str]
) -> None:
    admin = seller(shop, prices)
    subscribe(shop, admin)
    shop.hear()
    for step in Step:
        dies_after(step, shop.settings, shop.service.ends.database)
        shop.revive()
    shop.catch_up()
    assert (shop.has(admin), collected(shop, admin)) == (50_000, 2_000)


def test_one_that_does_not_say_whose_it_is_waits_until_it_does(
    shop: Shop, prices: dict[str, str]
) -> None:
    admin, operator = seller(shop, prices), shop.service.operator
    customer = _asked(shop, lambda v1: v1.customers.create_async({})).id
    whose: Any = {"customer": customer}
    card = _asked(shop, lambda v1: v1.payment_methods.attach_async("pm_card_visa", whose)).id
    begun: Any = {**whose, "items": [{"price": prices["plain"]}], "default_payment_method": card}
    there = _asked(shop, lambda v1: v1.subscriptions.create_async(begun)).id
    shop.catch_up()
    parked = done(operator.get(f"{BILLING}/inbox", state="parked"))["data"]
    assert {"customer.subscription.created", "invoice.paid", "payment_intent.succeeded"} <= {
        each["type"] for each in parked
    }
    assert all(f"the metadata of {there}" in each["why"] for each in parked)
    named: Any = {"metadata": {"org": admin.org, "user": "ada"}}
    _asked(shop, lambda v1: v1.subscriptions.update_async(there, named))
    for each in parked:
        done(operator.send(f"{BILLING}/inbox/stripe/{each['id']}/retry"))
    shop.catch_up()
    assert (look(admin)["mirrors"], shop.has(admin)) == (there, 50_000)
    assert done(operator.get(f"{BILLING}/inbox", state="parked"))["data"] == []


def test_money_that_goes_back_there_goes_back_here_in_whatever_order_it_is_told(
    shop: Shop, prices: dict[str, str]
) -> None:
    admin = seller(shop, prices)
    there = subscribe(shop, admin)
    (bill,) = shop.book.all("invoice", _subscription=there)
    (payment,) = shop.book.all("invoice_payment", invoice=bill["id"])
    asked: Any = {"payment_intent": payment["payment"]["payment_intent"], "amount": 500}
    _asked(shop, lambda v1: v1.refunds.create_async(asked))
    for told in reversed(shop.listen()):
        shop.tell(told.content, told.signature)
    shop.catch_up()
    found = done(admin.get(f"{BILLING}/invoices/{bill['id']}"))
    assert (found["status"], found["refunded"], found["credited"]) == ("paid", "5.00", "5.00")
    assert (look(admin)["status"], shop.has(admin)) == ("active", 37_500)
    shop.control("/disputes", payment_intent=asked["payment_intent"])
    shop.catch_up()
    (dispute,) = done(admin.get(f"{BILLING}/invoices/{bill['id']}"))["disputes"]
    assert (dispute["status"], shop.has(admin)) == ("open", 0)


def test_what_stripe_has_collected_differs_from_our_book_in_nothing(shop: Shop) -> None:
    until_us = (int(shop.control("", method="GET")["now"]) + HOUR_S) * 10**6
    during = Range((int(time.time()) - HOUR_S) * 10**6, until_us)

    async def book() -> Any:
        payments = Payments(stripe_given(shop.settings))
        try:
            provider = await payments.provider("stripe")
            return await compared(provider, shop.service.ends.database, during, heard_us=0)
        finally:
            await payments.close()

    found = shop.run(book())
    assert (found.differences, found.equal > 0) == ([], True)


def test_what_all_of_that_has_left_verifies(shop: Shop) -> None:
    assert not verify(shop.service.ends).exit_code
