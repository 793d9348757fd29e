"""Orders are paid at the sandbox: on its page, by a card that is saved, late, and told twice;
the journal and the sandbox agree."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from api.container import Endpoints
from api.effects.ordering import missed
from tests.api.ordering.test_checkout import CHECKOUT, ORDERS, asked, come, level, sell
from tests.api.problems import problem
from tests.api.served import Api, Json, done
from tests.processes.purchases.shop import BACK, Shop, shop_over
from tests.processes.purchases.test_reconciliation import twins


@pytest.fixture(scope="module")
def shop(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_over(ends, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def seller(shop: Shop) -> Api:
    """An org with one mug for 20.00."""
    admin = shop.new_admin()
    sell(admin, mug="20")
    come(admin, "mug", 1)
    return admin


def order(api: Api, key: str = "new", **more: Any) -> Json:
    """Begin to pay for the mug on a page."""
    body = asked("20", ("mug", 1), user="ada", payment={"provider": "stripe", **BACK})
    return done(api.send(CHECKOUT, body | more, key=key))


def look(api: Api, placed: Json) -> Json:
    """The order as it is."""
    return done(api.get(f"{ORDERS}/{placed['order']}"))


def test_a_page_asks_for_what_store_credit_leaves_and_both_have_theirs_back(
    shop: Shop, seller: Api
) -> None:
    much = {"user": "ada", "currency": "usd", "amount": "5", "reason": "goodwill"}
    done(seller.send("/v1/store-credits/adjust", much))
    placed = order(seller, store_credit=True, expected_payment="15")
    shop.pay(placed)
    shop.catch_up()
    assert (look(seller, placed)["status"], shop.money(seller)) == ("confirmed", 1_500)
    done(seller.send(f"{ORDERS}/{placed['order']}/cancel", {}))
    shop.catch_up()
    seen = look(seller, placed)
    assert [each["refunded"] for each in seen["paid_by"]] == ["5.00", "15.00"]
    assert (seen["payment_status"], shop.money(seller)) == ("refunded", 0)
    (credit,) = done(seller.get("/v1/store-credits", user="ada"))["data"]
    assert credit["available"] == "5.00"


def test_a_page_is_paid_and_the_order_confirmed_once_however_often_it_is_told(
    shop: Shop, seller: Api
) -> None:
    placed = order(seller, key="same")
    assert order(seller, key="same") == placed
    assert (placed["status"], bool(placed["checkout_url"])) == ("pending", True)
    shop.pay(placed)
    for each in shop.listen() * 2:
        shop.tell(each.content, each.signature)
    shop.work()
    seen = look(seller, placed)
    assert (seen["status"], seen["payment_status"]) == ("confirmed", "paid")
    assert shop.money(seller) == 2_000
    done(seller.send(f"{ORDERS}/{placed['order']}/cancel", {}))
    shop.catch_up()
    assert look(seller, placed)["payment_status"] == "refunded"
    assert (shop.money(seller), level(seller, "mug")) == (0, (1, 0))


def test_what_no_notice_told_is_found_by_asking(
    shop: Shop, seller: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missed, "ASK_US", 1)
    placed = order(seller)
    shop.pay(placed)
    shop.listen()
    shop.work()
    assert look(seller, placed)["status"] == "confirmed"


def test_a_provider_that_does_not_answer_places_one_order(shop: Shop, seller: Api) -> None:
    body = asked("20", ("mug", 1), user="ada", payment={"provider": "stripe", **BACK})
    shop.run(shop.account.fail_next("error"))
    problem(seller.send(CHECKOUT, body, key="again"), 503, "unavailable", None)
    shop.work()
    found = done(seller.send(CHECKOUT, body, key="again"))
    assert (found["status"], bool(found["checkout_url"])) == ("pending", True)
    assert level(seller, "mug") == (1, 1)


def test_money_that_comes_late_goes_back_if_the_mug_is_somebody_elses(
    shop: Shop, seller: Api
) -> None:
    late = order(seller)
    shop.service.let_pass(str(seller.org), 16 * 60)
    other = done(seller.send(CHECKOUT, asked("20", ("mug", 1))))
    shop.pay(late)
    for _ in range(2):  # its money, then the refund of that
        shop.catch_up()
    assert look(seller, late)["status"] == "payment_failed"
    assert [each["status"] for each in look(seller, late)["refunds"]] == ["paid"]
    assert (look(seller, other)["status"], shop.money(seller)) == ("pending", 0)


@pytest.mark.reaches("payment_declined")
def test_a_saved_card_is_charged_in_the_answer_and_a_declined_one_holds_nothing(
    shop: Shop, seller: Api
) -> None:
    method = saved_card(shop, seller, "4000000000000341")
    card = {"payment": {"provider": "stripe", "payment_method": method}}
    body = asked("20", ("mug", 1), user="ada") | card
    for _ in range(2):
        found = problem(seller.send(CHECKOUT, body, key="declined"), 402, "payment_declined", None)
        assert found["reason"]
    assert level(seller, "mug") == (1, 0)
    method = saved_card(shop, seller, "4242424242424242")
    placed = order(seller, payment={"provider": "stripe", "payment_method": method})
    assert (placed["status"], placed["payment_status"]) == ("confirmed", "paid")
    back = done(seller.send(f"{ORDERS}/{placed['order']}/refunds", {"amount": "7.77"}))
    shop.catch_up()
    assert back["amount"] == "7.77"
    assert look(seller, placed)["payment_status"] == "partly_refunded"
    assert shop.money(seller) == 2_000 - 777


def test_a_dispute_is_listed_and_what_is_recorded_here_speaks_against_it(
    shop: Shop, seller: Api
) -> None:
    placed = order(seller)
    shop.pay(placed, "4000000000000259")
    for _ in range(2):
        shop.catch_up()
    (found,) = done(seller.get(f"{ORDERS}/disputes", order=placed["order"]))["data"]
    assert (found["status"], found["user"], found["amount"]["amount"]) == ("open", "ada", "20.00")
    assert found["evidence_due_at"]
    path = f"{ORDERS}/{placed['order']}/disputes/{found['dispute']}/evidence"
    done(seller.send(path, {}))
    for _ in range(2):
        shop.catch_up()
    evidence = shop.evidence_of(found["dispute"])
    assert evidence["product_description"].endswith(" of 20.00 USD: 1 x mug.")
    assert "it was paid" in evidence["access_activity_log"]
    done(seller.send(path, {"texts": {"uncategorized": "winning_evidence"}}, key="words"))
    for _ in range(2):
        shop.catch_up()
    (won,) = done(seller.get(f"{ORDERS}/disputes", status="won"))["data"]
    assert bool(won["evidence_taken_at"] and won["ended_at"])
    problem(seller.send(path, {}, key="late"), 409, "conflict", "dispute")


def test_fees_of_orders_are_recorded_once_and_all_money_is_in_our_book(
    shop: Shop, seller: Api
) -> None:
    """A part of an order goes back, another is disputed, credits are bought, all is paid out: what
    the provider says and what we say is the same, and the accountants' books are right."""
    sent = order(seller)
    shop.pay(sent)
    shop.catch_up()
    done(seller.send(f"{ORDERS}/{sent['order']}/refunds", {"amount": "5.00"}))
    come(seller, "mug", 1)
    asked_back = order(seller, key="asked back")
    shop.pay(asked_back, "4000000000000259")
    shop.pay(shop.buy(seller, "20.00"))
    for _ in range(2):
        shop.catch_up()
    assert look(seller, asked_back)["payment_status"] == "disputed"
    shop.control("/payouts")
    assert shop.run(twins(shop)) == [(0, True), (0, True)]
    kept = done(seller.get("/v1/audit/events", type="ordering.OrderFeeRecorded"))["data"]
    fees = {each["stream"]: 0 for each in kept}
    for each in kept:
        fees[each["stream"]] += each["body"]["booking"]["money"]["amount"]
    assert fees == {f"order/{sent['order']}": 88, f"order/{asked_back['order']}": 88 + 1_500}
    assert shop.run(twins(shop)) == [(0, False), (0, False)]
    with psycopg.connect(shop.service.ends.database.owner) as connection:
        rows = connection.execute(
            "SELECT org = %s, sum(amount)::bigint FROM tally.movements GROUP BY 1", [seller.org]
        ).fetchall()
    held: dict[bool, int] = dict(rows)
    assert held[True] == 1_500 + 0 + 2_000 - sum(fees.values()) - 88
    assert sum(held.values()) == shop.control("", method="GET")["balance"].get("usd", 0) == 0
    journal = csv.DictReader(io.StringIO(seller.get("/v1/audit/journal", format="csv").text))
    accounts = Counter[str]()
    for row in journal:
        if row["commodity"] == "USD":
            accounts[row["account"]] += int(row["units"])
    assert accounts["Assets:Processor:Stripe"] == held[True]
    assert accounts["Assets:Disputed"] == 2_000
    assert accounts["Expenses:Processing"] == sum(fees.values()) + 88
    assert accounts["Income:Orders"] == -(2_000 - 500) - 2_000


def saved_card(shop: Shop, api: Api, card: str) -> str:
    """A card that ada has saved."""
    body = {"user": "ada", "return_url": BACK["cancel_url"]}
    page = done(api.send("/v1/billing/payment-methods", body))["setup_url"]
    shop.run(shop.account.pay(page, card))
    return str(shop.book.method_of(page))
