"""Orders over HTTP: placed at the price that was told, seen by whose they are, paid by transfer,
cancelled and refunded; and what is wrong is named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.problems import problem
from tests.api.served import Api, Served, done

CHECKOUT, ORDERS = "/v1/checkout", "/v1/orders"
BY_TRANSFER = {"provider": "manual"}
HOME = {"name": "Ada", "country": "DE", "address": ["Street 1"], "city": "Berlin"}


def sell(api: Api, **prices: str) -> None:
    """Publish what SKUs cost."""
    for sku, amount in prices.items():
        body = {"prices": [{"currency": "usd", "amount": amount}]}
        done(api.send(f"/v1/prices/skus/{sku}", body, method="PUT"))


def come(api: Api, sku: str, quantity: int) -> None:
    """Have units of a SKU come in."""
    done(api.send("/v1/locations", {"id": "berlin", "name": "Berlin"}, method="PUT"))
    body = {"location": "berlin", "sku": sku, "quantity": quantity}
    done(api.send("/v1/stock/movements/receipts", body))


def asked(total: str, *lines: tuple[str, int], **more: Any) -> dict[str, Any]:
    """What is sent to check out."""
    found = [{"sku": sku, "units": units} for sku, units in lines or [("a", 1)]]
    body = {"lines": found, "currency": "usd", "expected_total": total, "payment": BY_TRANSFER}
    return body | more


def level(api: Api, sku: str) -> tuple[int, int]:
    """On hand and reserved."""
    (found,) = done(api.get("/v1/stock", sku=sku))["data"]
    return found["on_hand"], found["reserved"]


@pytest.fixture
def shop(admin: Api) -> Api:
    """An org that sells a for 50.00, of which it has two, and b for 0.34; a code is 20 % off."""
    sell(admin, a="50", b="0.34")
    come(admin, "a", 2)
    fifth = {"name": "Fifth", "kind": "percent", "bps": 2_000, "code": "FIFTH", "priority": 1}
    done(admin.send("/v1/promotions/fifth", fifth, method="PUT"))
    return admin


def test_an_order_is_placed_paid_by_transfer_and_refunded_to_the_cent(shop: Api) -> None:
    body = asked(
        "80.00",
        ("a", 1),
        ("a", 1),
        codes=["fifth"],
        user="ada",
        email="ada@example.com",
        shipping_address=HOME,
    )
    placed = done(shop.send(CHECKOUT, body, key="one"))
    assert (placed["status"], placed["total"], placed["number"]) == ("pending", "80.00", None)
    assert (placed["checkout_url"], placed["secret"]) == (None, None)
    again = shop.send(CHECKOUT, body, key="one")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (placed, "true")
    assert level(shop, "a") == (2, 2)
    one = f"{ORDERS}/{placed['order']}"
    seen = done(shop.get(one))
    assert seen["_context"]["actions"] == ["confirm_transfer", "cancel"]
    assert seen["_context"]["transitions"] == ["confirmed", "payment_failed", "cancelled"]
    assert seen["contact"]["shipping_address"] == HOME | {
        "postal_code": None,
        "region": None,
        "phone": None,
    }
    assert [line["total"] for line in seen["lines"]] == ["40.00", "40.00"]
    assert seen["promotions"] == [{"promotion": "fifth", "amount": "20.00"}]
    paid = done(shop.send(f"{one}/confirm-transfer", {"reference": "T-1"}))
    assert (paid["status"], paid["payment_status"]) == ("confirmed", "paid")
    assert paid["number"].endswith("-00001")
    back = {"lines": [{"line": 1, "units": 1}], "reason": "broken"}
    refund = done(shop.send(f"{one}/refunds", back))
    assert (refund["amount"], refund["status"], refund["reason"]) == ("40.00", "pending", "broken")
    problem(shop.send(f"{one}/refunds", back), 409, "conflict", "lines.0.units")
    problem(shop.send(f"{one}/refunds", {"amount": "40.01"}), 409, "conflict", "amount")
    sent = done(shop.send(f"{one}/refunds/{refund['refund']}/confirm", {"reference": "T-2"}))
    assert sent["status"] == "paid"
    seen = done(shop.get(one))
    assert (seen["payment_status"], seen["refunded"]) == ("partly_refunded", "40.00")
    assert [line["units_refunded"] for line in seen["lines"]] == [1, 0]
    cancelled = done(shop.send(f"{one}/cancel", {"reason": "sold out"}))
    assert (cancelled["status"], cancelled["refunded"]) == ("cancelled", "80.00")
    assert level(shop, "a") == (2, 0)
    problem(shop.send(f"{one}/cancel", {}), 422, "invalid", "status")


@pytest.mark.reaches("cart_changed", "out_of_stock")
def test_another_total_places_nothing_and_says_what_it_is_now(shop: Api) -> None:
    wrong = shop.send(CHECKOUT, asked("49.99"))
    found = problem(wrong, 409, "cart_changed", "expected_total")
    assert (found["total"], found["currency"]) == ("50.00", "usd")
    problem(shop.send(CHECKOUT, asked("150", ("a", 3))), 409, "out_of_stock", "lines")
    problem(shop.send(CHECKOUT, asked("1", ("none", 1))), 422, "invalid", "lines.0.sku")
    unpaid = {name: value for name, value in asked("50").items() if name != "payment"}
    problem(shop.send(CHECKOUT, unpaid), 422, "invalid", "payment")
    page = asked("50", payment={"provider": "manual", "success_url": "https://a.example"})
    problem(shop.send(CHECKOUT, page), 422, "invalid", "payment.success_url")
    card = asked("50", payment={"provider": "manual", "payment_method": "pm_1"})
    problem(shop.send(CHECKOUT, card), 422, "invalid", "payment.payment_method")
    problem(shop.send(CHECKOUT, asked("50", email="nobody")), 422, "invalid", "email")
    abroad = asked("50", billing_address=HOME | {"country": "Germany"})
    problem(shop.send(CHECKOUT, abroad), 422, "invalid", "billing_address.country")
    assert (level(shop, "a"), done(shop.get(ORDERS))["data"]) == ((2, 0), [])


def test_the_same_request_finds_its_order_when_prices_have_changed(shop: Api) -> None:
    first = done(shop.send(CHECKOUT, asked("50"), key="same"))
    sell(shop, a="60")
    again = done(shop.send(CHECKOUT, asked("50"), key="same"))
    assert (again["order"], again["total"]) == (first["order"], "50.00")
    other = shop.send(CHECKOUT, asked("50", user="ada"), key="same")
    problem(other, 422, "idempotency_key_reused", "Idempotency-Key")


def test_what_is_free_is_confirmed_and_is_not_tracked_without_stock(shop: Api) -> None:
    whole = {"name": "All", "kind": "percent", "bps": 10_000, "code": "ALL", "redemptions_max": 1}
    done(shop.send("/v1/promotions/all", whole, method="PUT"))
    free = asked("0", ("b", 100), codes=["all"])
    free.pop("payment")
    placed = done(shop.send(CHECKOUT, free))
    assert (placed["status"], placed["payment_status"]) == ("confirmed", "paid")
    problem(shop.send(CHECKOUT, free), 409, "cart_changed", "expected_total")


def test_members_see_and_do_only_with_their_own(shop: Api, service: Served) -> None:
    ada, bob = (service.issue(str(shop.org), "member", name) for name in ("ada", "bob"))
    mine = done(ada.send(CHECKOUT, asked("50")))
    one = f"{ORDERS}/{mine['order']}"
    assert done(ada.get(one))["user"] == "ada"
    assert done(ada.get(one))["_context"]["actions"] == ["cancel"]
    problem(bob.get(one), 404, "not_found", "id")
    problem(bob.send(f"{one}/cancel", {}), 404, "not_found", "id")
    problem(bob.send(CHECKOUT, asked("50", user="ada")), 403, "forbidden", "user")
    problem(ada.send(f"{one}/confirm-transfer", {"reference": "T"}), 403, "forbidden", None)
    problem(ada.send(f"{one}/refunds", {}), 403, "forbidden", None)
    for field, value in (("group", "trade"), ("price_list", "cheap")):
        problem(ada.send(CHECKOUT, asked("50", **{field: value})), 403, "forbidden", field)
    named = [{"sku": "a", "item": "cheap"}]
    problem(ada.send(CHECKOUT, asked("50", lines=named)), 403, "forbidden", "lines")
    sequence = done(shop.get("/v1/audit/events", limit="1"))["data"][0]["sequence"]
    assert [e["order"] for e in done(ada.get(ORDERS, min_sequence=sequence))["data"]] == [
        mine["order"]
    ]
    assert done(bob.get(ORDERS, min_sequence=sequence))["data"] == []
    done(ada.send(f"{one}/cancel", {}))
    assert level(shop, "a") == (2, 0)


def test_a_guest_reads_their_order_by_its_secret_for_a_while(shop: Api, service: Served) -> None:
    placed = done(shop.send(CHECKOUT, asked("50"), key="guest"))
    secret, one = placed["secret"], f"{ORDERS}/{placed['order']}"
    assert done(shop.send(CHECKOUT, asked("50"), key="guest"))["secret"] is None
    eve = service.issue(str(shop.org), "member", "eve")
    problem(eve.get(one), 404, "not_found", "id")
    by_secret = eve.http.get(one, headers=eve.headers | {"Guest-Secret": secret})
    assert by_secret.json()["total"] == "50.00"
    wrong = shop.http.get(one, headers=shop.headers | {"Guest-Secret": "order_no"})
    problem(wrong, 404, "not_found", "id")
    stranger = service.new_admin()
    problem(stranger.get(one), 404, "not_found", "id")
    stolen = stranger.http.get(one, headers=stranger.headers | {"Guest-Secret": secret})
    problem(stolen, 404, "not_found", "id")


def test_a_first_order_is_known_from_those_before(shop: Api) -> None:
    first = {"name": "Welcome", "kind": "amount", "amount": "5", "currency": "usd"}
    body = first | {"first_order": True}
    done(shop.send("/v1/promotions/welcome", body, method="PUT"))
    quote = {"currency": "usd", "lines": [{"sku": "a", "units": 1}], "user": "ada"}
    cart = done(shop.send("/v1/carts", {"currency": "usd", "user": "ada"}, key=None))["id"]
    done(shop.send(f"/v1/carts/{cart}/items", {"sku": "a"}))
    before = [
        done(shop.send("/v1/orders/quote", quote, key=None)),
        done(shop.get(f"/v1/carts/{cart}"))["quote"],
    ]
    assert [each["total"] for each in before] == ["45.00", "45.00"]
    placed = done(shop.send(CHECKOUT, asked("45", user="ada")))
    done(shop.send(CHECKOUT, asked("50", user="ada")))
    after = [
        done(shop.send("/v1/orders/quote", quote, key=None)),
        done(shop.get(f"/v1/carts/{cart}"))["quote"],
    ]
    assert [each["total"] for each in after] == ["50.00", "50.00"]
    done(shop.send(f"{ORDERS}/{placed['order']}/cancel", {}))
    assert done(shop.send(CHECKOUT, asked("0.34", ("b", 1), user="ada")))["total"] == "0.34"


def test_an_order_says_how_it_is_sent_and_costs_what_its_quote_did(service: Served) -> None:
    api = service.new_admin()
    sell(api, a="50")
    come(api, "a", 2)
    rates = {"rates": [{"country": "DE", "name": "VAT", "percent": "19"}]}
    done(api.send("/v1/billing/tax-rates", rates, method="PUT"))
    parcel = {"name": "Parcel", "currency": "usd", "amount": "5.95", "countries": ["DE"]}
    done(api.send("/v1/prices/shipping/parcel", parcel, method="PUT"))
    lines = [{"sku": "a", "units": 1}]
    goes = {"ship_to": {"country": "DE"}, "shipping": "parcel"}
    quote = {"currency": "usd", "lines": lines} | goes
    total = done(api.send("/v1/orders/quote", quote, key=None))["total"]
    assert total == "66.58"
    body = asked(total, shipping_address=HOME)
    problem(api.send(CHECKOUT, body), 422, "invalid", "shipping")
    problem(api.send(CHECKOUT, body | {"shipping": "mule"}), 422, "invalid", "shipping")
    away = body | {"shipping_address": HOME | {"country": "FR"}, "shipping": "parcel"}
    problem(api.send(CHECKOUT, away), 422, "invalid", "shipping")
    old = asked("50.00", shipping_address=HOME, shipping="parcel")
    problem(api.send(CHECKOUT, old), 409, "cart_changed", "expected_total")
    assert level(api, "a") == (2, 0)
    cart = done(api.send("/v1/carts", {"currency": "usd", "user": "ada"}, key=None))["id"]
    done(api.send(f"/v1/carts/{cart}/items", {"sku": "a"}))
    of_cart = {"cart": cart, "expected_total": total, "payment": BY_TRANSFER}
    of_cart |= {"shipping_address": HOME, "shipping": "parcel", "user": "ada"}
    problem(api.send(CHECKOUT, of_cart | {"shipping": None}), 422, "invalid", "shipping")
    assert done(api.send(CHECKOUT, of_cart))["total"] == total
    placed = done(api.send(CHECKOUT, body | {"shipping": "parcel"}))
    one = f"{ORDERS}/{placed['order']}"
    seen = done(api.get(one))
    assert (seen["total"], seen["tax"], seen["shipping"]["to_pay"]) == (total, "10.63", "7.08")
    assert [line["to_pay"] for line in seen["lines"]] == ["59.50"]
    done(api.send(f"{one}/confirm-transfer", {"reference": "T-66"}))
    sent = done(api.send(f"{one}/refunds", {"lines": [{"line": 2}]}))
    assert (sent["amount"], sent["lines"][0]["sku"]) == ("7.08", "parcel")
    rest = done(api.send(f"{one}/cancel", {"reason": "never mind"}))
    assert sorted(each["amount"] for each in rest["refunds"]) == ["59.50", "7.08"]
