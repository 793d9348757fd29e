"""A subscription is charged at the sandbox: once for an invoice, whatever is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.served import Api, Json, done
from tests.api.subscriptions.story import SELLER
from tests.processes.purchases.dying import Step, dies_after
from tests.processes.purchases.shop import BACK, Shop, shop_over

BILLING = "/v1/billing"
DECLINES_LATER = "4000000000000341"


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


def test_what_all_of_that_has_left_verifies(shop: Shop) -> None:
    assert not verify(shop.service.ends).exit_code
