"""Gift cards and store credit at checkout, over HTTP: what is paid by what is answered, and a code
is in nothing that is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.ordering.test_checkout import CHECKOUT, ORDERS, asked, sell
from tests.api.problems import problem
from tests.api.served import Api, Served, done

CARDS = "/v1/gift-cards"


@pytest.fixture
def shop(admin: Api) -> Api:
    """An org that sells a for 50.00; ada has 20.00."""
    sell(admin, a="50")
    body = {"user": "ada", "currency": "usd", "amount": "20", "reason": "goodwill"}
    done(admin.send("/v1/store-credits/adjust", body))
    return admin


def issued(api: Api, amount: str = "15", **more: Any) -> dict[str, Any]:
    body = {"amount": amount, "currency": "usd"} | more
    found: dict[str, Any] = done(api.send(CARDS, body))
    return found


def test_what_is_paid_by_what_and_goes_back_to_what_is_answered(shop: Api) -> None:
    card = issued(shop)
    typed = card["code"].lower().replace("-", " ")
    body = asked("50", user="ada", gift_cards=[typed, card["code"]], store_credit=True)
    wrong = shop.send(CHECKOUT, body | {"expected_payment": "50"})
    assert "15.00" in problem(wrong, 409, "conflict", "expected_payment")["detail"]
    placed = done(shop.send(CHECKOUT, body | {"expected_payment": "15"}, key="one"))
    assert (placed["total"], placed["to_collect"]) == ("50.00", "15.00")
    again = shop.send(CHECKOUT, body | {"expected_payment": "15"}, key="one")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (placed, "true")
    one = f"{ORDERS}/{placed['order']}"
    done(shop.send(f"{one}/confirm-transfer", {"reference": "T-15"}))
    refund = done(shop.send(f"{one}/refunds", {"amount": "40"}))
    assert [(each["to"], each["amount"], each["status"]) for each in refund["back_to"]] == [
        ("manual", "15.00", "pending"),
        ("store_credit", "20.00", "paid"),
        ("gift_card", "5.00", "paid"),
    ]
    assert (refund["amount"], refund["lines"][0]["amount"]) == ("40.00", "40.00")
    seen = done(shop.get(one))
    assert [tuple(each.values()) for each in seen["paid_by"]] == [
        ("gift_card", card["id"], None, "15.00", "5.00"),
        ("store_credit", None, None, "20.00", "20.00"),
        ("manual", None, None, "15.00", "15.00"),
    ]
    assert seen["payment_status"] == "partly_refunded"
    sequence = done(shop.get("/v1/audit/events", limit="1"))["data"][0]["sequence"]
    for path in (ORDERS, f"{CARDS}/{card['id']}/movements"):
        assert done(shop.get(path, min_sequence=sequence))["data"]
    events = shop.get("/v1/audit/events", limit="200").text
    assert card["code"] not in events
    assert typed not in events


def test_what_is_wrong_is_named_and_nothing_is_set_aside(shop: Api, service: Served) -> None:
    card, other = issued(shop), issued(shop, "5")
    codes = [card["code"]]
    problem(shop.send(CHECKOUT, asked("50", gift_cards=["X"])), 422, "invalid", "gift_cards.0")
    guest = asked("50", store_credit=True)
    problem(shop.send(CHECKOUT, guest), 422, "invalid", "store_credit")
    odd: tuple[object, ...] = (0, "0", "x", [], {"a": 1}, 1.5)
    for amount in odd:
        body = asked("50", user="ada", store_credit=amount)
        problem(shop.send(CHECKOUT, body), 422, "invalid", "store_credit")
    less = asked("50", user="ada", store_credit="20.01")
    problem(shop.send(CHECKOUT, less), 409, "conflict", "store_credit")
    many = asked("50", gift_cards=codes * 11)
    problem(shop.send(CHECKOUT, many), 422, "invalid", "gift_cards")
    done(shop.send(f"{CARDS}/{other['id']}/disable"))
    disabled = asked("50", gift_cards=[*codes, other["code"]])
    problem(shop.send(CHECKOUT, disabled), 409, "conflict", "gift_cards.1")
    stranger = service.new_admin()
    sell(stranger, a="50")
    problem(
        stranger.send(CHECKOUT, asked("50", gift_cards=codes)), 404, "not_found", "gift_cards.0"
    )
    assert done(shop.get(f"{CARDS}/{card['id']}"))["available"] == "15.00"
