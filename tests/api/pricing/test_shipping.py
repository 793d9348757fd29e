"""Shipping and taxes of an order over HTTP: methods are set and offered, a quote says what there is
to pay, and an invoice of the same comes to the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.invoices.story import BILLING, RATES, SETTINGS
from tests.api.served import Api, Served, done

SHIPPING, QUOTE = "/v1/prices/shipping", "/v1/orders/quote"
PARCEL = {"name": "Parcel", "currency": "eur", "amount": "5.95", "free_from": "50"}
BOOKS = {"currency": "eur", "lines": [{"sku": "book", "units": 3, "tax_category": "books"}]}


@pytest.fixture(scope="module")
def shop(service: Served) -> Api:
    """A shop in Germany that sells a book for ten euros."""
    admin = service.new_admin()
    prices = {"prices": [{"currency": "eur", "amount": "10.03"}]}
    done(admin.send("/v1/prices/skus/book", prices, method="PUT"))
    done(admin.send(f"{BILLING}/invoice-settings", SETTINGS, method="PUT"))
    done(admin.send(f"{BILLING}/tax-rates", RATES, method="PUT"))
    done(admin.send(f"{SHIPPING}/parcel", PARCEL, method="PUT"))
    return admin


def quoted(api: Api, **more: Any) -> dict[str, Any]:
    return done(api.send(QUOTE, BOOKS | more, key=None))


def test_methods_are_set_listed_and_removed(service: Served) -> None:
    admin = service.new_admin()
    whole = PARCEL | {"countries": ["DE"], "from_weight": 1, "until_weight": 2, "priority": 0}
    made = done(admin.send(f"{SHIPPING}/small", whole, method="PUT", key="same"))
    assert (made["id"], made["amount"], made["tax_category"]) == ("small", "5.95", "standard")
    again = admin.send(f"{SHIPPING}/small", whole, method="PUT", key="same")
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", made)
    done(admin.send(f"{SHIPPING}/large", PARCEL, method="PUT"))
    assert [e["id"] for e in done(admin.get(SHIPPING))["data"]] == ["small", "large"]
    done(admin.send(f"{SHIPPING}/small", method="DELETE"))
    assert admin.send(f"{SHIPPING}/small", method="DELETE").status_code == 404
    assert done(service.new_admin().get(SHIPPING))["data"] == []


def test_a_quote_comes_to_what_an_invoice_of_it_does(shop: Api) -> None:
    found = quoted(shop, ship_to={"country": "DE"}, shipping="parcel")
    (line,), shipping = found["lines"], found["shipping"]
    assert (line["total"], line["tax"], line["to_pay"]) == ("30.09", "2.11", "32.20")
    assert (line["taxed_by"]["percent"], line["taxed_by"]["category"]) == ("7", "books")
    assert (shipping["amount"], shipping["tax"], shipping["to_pay"]) == ("5.95", "1.13", "7.08")
    assert (found["tax"], found["total"]) == ("3.24", "39.28")
    items = [
        {"text": "3 x book", "amount": line["total"], "category": "books"},
        {"text": "Parcel", "amount": shipping["amount"]},
    ]
    draft = {"user": "ada", "currency": "eur", "items": items}
    invoice = done(shop.send(f"{BILLING}/invoices", draft))["invoice"]
    bill = done(shop.get(f"{BILLING}/invoices/{invoice}"))["bill"]
    assert (bill["tax"], bill["total"]) == (found["tax"], found["total"])


def test_taxes_are_those_of_where_it_goes_else_of_the_user_else_of_the_shop(shop: Api) -> None:
    payer = {"name": "Ö", "country": "AT", "vat_id": "ATU13585627"}
    done(shop.send(f"{BILLING}/payer-details", payer | {"user": "wien"}, method="PUT"))
    lines = {"lines": [{"sku": "book"}]}
    assert quoted(shop, **lines)["tax"] == "1.91"
    assert quoted(shop, **lines, user="wien")["tax"] == "0.00"
    assert quoted(shop, **lines, ship_to={"country": "AT"})["tax"] == "2.01"
    assert quoted(shop, **lines, ship_to={"country": "US"})["tax"] == "0.00"
    reverse = quoted(shop, **lines, user="wien", ship_to={"country": "AT"})["lines"][0]
    assert (reverse["tax"], reverse["taxed_by"]["reverse_charge"]) == ("0.00", True)


def test_shipping_is_free_from_an_amount_or_by_a_promotion(shop: Api) -> None:
    assert quoted(shop)["shipping_methods"] == [
        {"method": "parcel", "name": "Parcel", "amount": "5.95"}
    ]
    rich = quoted(shop, lines=[{"sku": "book", "units": 5}], shipping="parcel")
    assert rich["shipping"]["to_pay"] == "0.00"
    free = {"name": "Free", "kind": "free_shipping", "code": "FREE"}
    done(shop.send("/v1/promotions/free", free, method="PUT"))
    found = quoted(shop, shipping="parcel", codes=["FREE"])
    assert (found["free_shipping"], found["shipping"]["to_pay"]) == (True, "0.00")


def test_an_org_without_taxes_pays_none(service: Served) -> None:
    admin = service.new_admin()
    prices = {"prices": [{"currency": "eur", "amount": "10"}]}
    done(admin.send("/v1/prices/skus/book", prices, method="PUT"))
    found = quoted(admin, ship_to={"country": "FR"}, user="ada")
    assert (found["tax"], found["lines"][0]["taxed_by"], found["total"]) == ("0.00", None, "30.00")
    assert (found["shipping"], found["shipping_methods"]) == (None, [])


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("shipping", {"shipping": "mule"}),
        ("shipping", {"shipping": "A mule"}),
        ("shipping", {"shipping": "parcel", "lines": [{"sku": "book", "kind": "plan"}]}),
        ("ship_to.country", {"ship_to": {"country": "Germany"}}),
        ("ship_to.region", {"ship_to": {"country": "DE", "region": ""}}),
        ("lines.0.kind", {"lines": [{"sku": "book", "kind": "ghost"}]}),
        ("lines.0.weight", {"lines": [{"sku": "book", "weight": -1}]}),
    ],
)
def test_what_is_wrong_with_a_destination_is_named(
    shop: Api, field: str, body: dict[str, Any]
) -> None:
    answer = shop.send(QUOTE, BOOKS | body, key=None)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("amount", {"amount": "-1"}),
        ("amount", {"amount": "1.005"}),
        ("currency", {"currency": "credit"}),
        ("free_from", {"free_from": "x"}),
        ("countries.0", {"countries": ["deutschland"]}),
        ("until_weight", {"from_weight": 2, "until_weight": 1}),
        ("name", {"name": ""}),
    ],
)
def test_what_is_wrong_with_a_method_is_named(shop: Api, field: str, body: dict[str, Any]) -> None:
    answer = shop.send(f"{SHIPPING}/x", PARCEL | body, method="PUT")
    assert (answer.status_code, answer.json()["field"]) == (422, field)
