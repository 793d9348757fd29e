"""Credits are bought on a page of the provider's: once, for exactly the money that came."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from api.container import DeferredCalls, Endpoints, Payments, PurchaseStore, clock_us
from api.effects.purchases import missed
from api.effects.purchases.missed import MissedNotices
from api.effects.purchases.stripe_purchases import StripePurchases
from api.inbound.notices import NoticeInbox
from tests.api.problems import problem
from tests.api.served import Api, done
from tests.api.two_paths import FRAMEWORK
from tests.processes.purchases.shop import BACK, Shop, shop_over


@pytest.fixture(scope="module")
def shop(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_over(ends, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def test_twenty_dollars_on_the_page_become_21_000_credits(shop: Shop) -> None:
    admin = shop.new_admin()
    bought = shop.buy(admin, "20.00")
    assert (bought["status"], bought["credits"], bought["bonus"]) == ("open", "20000", "1000")
    shop.pay(bought)
    assert shop.hear() >= 1
    shop.work()
    assert shop.look(admin, bought)["status"] == "paid"
    balance = done(admin.get("/v1/billing/balance", user="ada"))
    assert balance["balance"] == 21000
    shop.work()
    assert done(admin.get("/v1/billing/balance", user="ada")) == balance


def test_an_answer_that_was_lost_is_given_again_with_the_same_page(shop: Shop) -> None:
    admin = shop.new_admin()
    body = {"user": "ada", "amount": {"amount": "5.00", "currency": "usd"}, **BACK}
    first, second = (
        done(admin.send("/v1/billing/checkout", body, key="the same")) for _ in range(2)
    )
    assert first == second


def test_a_provider_that_does_not_answer_begins_no_second_purchase(shop: Shop) -> None:
    admin = shop.new_admin()
    body = {"user": "ada", "amount": {"amount": "5.00", "currency": "usd"}, **BACK}
    shop.run(shop.account.fail_next("error"))
    refused = admin.send("/v1/billing/checkout", body, key="again")
    problem(refused, 503, "unavailable", None)
    found = done(admin.send("/v1/billing/checkout", body, key="again"))
    assert found["status"] == "open"
    events = done(admin.get("/v1/audit/events", type="purchases.PurchaseStarted"))["data"]
    assert len(events) == 1


def test_a_page_that_nobody_asked_for_again_is_opened_by_the_job(shop: Shop) -> None:
    admin = shop.new_admin()
    body = {"user": "ada", "amount": {"amount": "5.00", "currency": "usd"}, **BACK}
    shop.run(shop.account.fail_next("error"))
    assert admin.send("/v1/billing/checkout", body, key="gone").status_code == 503
    shop.work()
    found = done(admin.send("/v1/billing/checkout", body, key="gone"))
    assert (found["status"], bool(found["checkout_url"])) == ("open", True)


@pytest.mark.reaches("forged")
def test_doubled_notices_change_nothing_and_forged_ones_are_refused(shop: Shop) -> None:
    admin = shop.new_admin()
    bought = shop.buy(admin, "100")
    shop.pay(bought)
    told = shop.listen()
    assert told
    for each in told * 3:
        assert shop.tell(each.content, each.signature).status_code == 200
    shop.work()
    assert done(admin.get("/v1/billing/balance", user="ada"))["balance"] == 115000
    each = told[0]
    problem(shop.tell(each.content + b" ", each.signature), 400, "forged", "Stripe-Signature")
    problem(shop.tell(each.content, ""), 400, "forged", "Stripe-Signature")


def test_what_no_notice_told_is_found_by_asking(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its notices are lost: the provider's list of events has them."""
    monkeypatch.setattr(missed, "ASK_US", 1)
    admin = shop.new_admin()
    bought = shop.buy(admin, "20.00")
    shop.pay(bought)
    shop.work()
    assert shop.look(admin, bought)["status"] == "paid"
    shop.hear()
    shop.work()
    assert done(admin.get("/v1/billing/balance", user="ada"))["balance"] == 21000


def test_who_has_collected_nothing_is_not_asked_what_happened(shop: Shop) -> None:
    """Else the sandbox, which starts when it is first asked, would start with every service."""
    shop.buy(shop.new_admin(), "5")
    writer = shop.service.ends.database.writer
    states, inbox = PurchaseStore(writer), NoticeInbox(DeferredCalls(writer))
    purchases = StripePurchases(Payments(shop.service.ends.stripe), states, clock_us)
    effect = MissedNotices(purchases, inbox)
    assert len(list(effect.look())) == 1
    purchases.name = "nobody"
    assert effect.look() == []
    states.close()
    inbox.close()


def test_what_was_not_used_is_refunded_once(shop: Shop) -> None:
    admin = shop.new_admin()
    bought = shop.buy(admin, "20.00")
    shop.pay(bought)
    shop.hear()
    shop.work()
    done(admin.use("ada", "1000"))
    asked = done(admin.send("/v1/billing/refunds", {"purchase": bought["purchase"]}))
    assert asked["amount"] == {"amount": "19.04", "currency": "usd"}
    shop.work()
    shop.hear()
    shop.work()
    assert shop.look(admin, bought)["status"] == "partly_refunded"
    money = shop.control("", method="GET")["balance"]
    assert money
    again = admin.send("/v1/billing/refunds", {"purchase": bought["purchase"]})
    problem(again, 409, "conflict", "purchase")


def test_a_wallet_that_runs_low_is_filled_once_by_its_rule(shop: Shop) -> None:
    admin = shop.new_admin()
    admin.deposit("ada", "6000")
    page = done(
        admin.send("/v1/billing/payment-methods", {"user": "ada", "return_url": BACK["cancel_url"]})
    )
    shop.run(shop.account.pay(page["setup_url"]))
    (saved,) = [
        json.loads(each.content)["data"]["object"]
        for each in shop.listen()
        if json.loads(each.content)["type"] == "payment_method.attached"
    ]
    rule = {
        "user": "ada",
        "threshold": "5000",
        "amount": {"amount": "20", "currency": "usd"},
        "payment_method": saved["id"],
    }
    set_ = done(admin.send("/v1/billing/auto-recharge", rule, method="PUT"))
    assert (set_["enabled"], set_["bought"], set_["stopped"]) == (True, 0, None)
    done(admin.use("ada", "2000"))
    done(admin.use("ada", "100"))
    _say_that_it_is_bought(admin)
    shop.work()
    shop.hear()
    shop.work()
    assert done(admin.get("/v1/billing/balance", user="ada"))["balance"] == 24900
    listed = done(admin.get("/v1/billing/purchases", user="ada"))["data"]
    assert [(each["status"], each["begun_by"]) for each in listed] == [("paid", "rule")]
    assert done(admin.get("/v1/billing/auto-recharge", user="ada"))["bought"] == 1
    done(admin.send("/v1/billing/auto-recharge?user=ada", method="DELETE"))
    problem(admin.get("/v1/billing/auto-recharge", user="ada"), 404, "not_found", "user")


def _say_that_it_is_bought(admin: Api) -> None:
    """By the fast path, by the framework, and in an item of a batch."""
    much = {"user": "ada", "amount": "90000", "on_shortfall": "reject"}
    line = {"id": "too much", **much}
    items = {"mode": "independent", "items": [line]}
    (result,) = done(admin.send("/v1/billing/usage/batch", items))["results"]
    slow = {**admin.headers, "X-Path": FRAMEWORK.decode(), "Idempotency-Key": "slow"}
    holds, lines = "/v1/billing/holds", "/v1/billing/usage"
    hold = {"user": "ada", "amount": "90000"}
    found = [result["problem"]] + [
        problem(answer, 402, "insufficient_credits", None)
        for answer in (
            admin.send(lines, line),
            admin.send(holds, hold),
            admin.http.post(lines, json=line, headers=slow),
            admin.http.post(holds, json=hold, headers=slow),
        )
    ]
    assert [each["auto_recharge"] for each in found] == ["pending"] * 5


def test_a_bank_transfer_is_confirmed_by_a_person_once(shop: Shop) -> None:
    admin = shop.new_admin()
    body = {"user": "ada", "amount": {"amount": "100", "currency": "usd"}, "provider": "manual"}
    bought = done(admin.send("/v1/billing/checkout", body))
    assert (bought["status"], bought["checkout_url"]) == ("started", None)
    path = f"/v1/billing/purchases/{bought['purchase']}/confirm"
    done(admin.send(path, {"reference": "transfer 7"}))
    assert done(admin.get("/v1/billing/balance", user="ada"))["balance"] == 115000
    problem(admin.send(path, {"reference": "transfer 7"}), 409, "conflict", "id")
