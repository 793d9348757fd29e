"""A purchase from end to end: a guest's cart with all kinds of things that a shop sells becomes a
user's, is paid by a gift card and on the provider's page, is sent in two parcels, one thing comes
back and another is exchanged, an hour is booked; and every book says the same of it, to the
unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.clickhouse.connection import connect
from api.comparison.compare import compare_copies
from api.container import Endpoints
from api.verification.verify import verify
from tests.api.access.story import FILE, sell
from tests.api.appointments.story import book, offer
from tests.api.carts.story import CARTS, holding
from tests.api.catalogue.story import offer_item
from tests.api.invoices.story import SETTINGS
from tests.api.ordering.test_checkout import CHECKOUT, HOME, ORDERS, come, level
from tests.api.served import Api, Json, done
from tests.processes.purchases.shop import BACK, Shop, shop_over

PRICES = {"SHIRT-S": "30", "SHIRT-M": "30", "BOOK": "10", "COURSE": "40", "PACK": "21", "PRO": "20"}
UNITS = {"SHIRT-M": 2, "BOOK": 1, "COURSE": 1, "PACK": 1, "PRO": 1}
TOTAL, COLLECTED = "167.55", "117.55"
"""151.00 less 10 % (15.10), with 4.90 for the parcels, is 140.80; the taxes of 19 %, line by line,
are 10.26 + 1.71 + 6.84 + 3.59 + 3.42 + 0.93; the gift card has 50.00."""

UNIT_BACK = "32.13"
"""A half of 60.00 - 6.00 + 10.26."""

SMALL, DIFFERENCE = "41.53", "9.40"
"""30.00 and 4.90 for the parcel, with 5.70 and 0.93 of tax; less the other half."""


@pytest.fixture(scope="module")
def shop(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_over(ends, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def seller(shop: Shop) -> Api:
    """An org that sells a shirt in sizes, a book, a course, a pack of credits and a plan."""
    api = shop.new_admin()
    done(api.send("/v1/billing/invoice-settings", SETTINGS, method="PUT"))
    rate = {"country": "DE", "name": "VAT", "percent": "19"}
    done(api.send("/v1/billing/tax-rates", {"rates": [rate]}, method="PUT"))
    plan = {"id": "pro", "name": "Pro", "price": "20", "credits_included": "500"}
    done(api.send("/v1/billing/plans", plan, method="PUT"))
    sizes = [{"id": "size", "values": [{"id": "s"}, {"id": "m"}]}]
    shirts = [{"sku": f"SHIRT-{each.upper()}", "values": {"size": each}} for each in ("s", "m")]
    offer_item(api, "shirt", "physical", options=sizes, variants=shirts)
    offer_item(api, "pack", "credits", variants=[{"sku": "PACK", "credits": "21000"}])
    sell(api, "BOOK", "COURSE", "PRO")
    for sku, amount in PRICES.items():
        prices = {"prices": [{"currency": "usd", "amount": amount}]}
        done(api.send(f"/v1/prices/skus/{sku}", prices, method="PUT"))
    come(api, "SHIRT-M", 3)
    come(api, "SHIRT-S", 1)
    parcel = {"name": "Parcel", "currency": "usd", "amount": "4.90", "countries": ["DE"]}
    done(api.send("/v1/prices/shipping/parcel", parcel, method="PUT"))
    tenth = {"name": "Tenth", "kind": "percent", "scope": "order", "bps": 1_000, "code": "TENTH"}
    done(api.send("/v1/promotions/tenth", tenth, method="PUT"))
    return api


def _fill(shop: Shop, seller: Api, ada: Api) -> str:
    """A guest fills a cart, signs in as Ada, and has it as hers."""
    opened = done(seller.send(CARTS, {"currency": "usd", "user": None}, key=None))
    guest = holding(seller, opened["secret"])
    for sku, units in UNITS.items():
        path = f"{CARTS}/{opened['id']}/items/{sku}"
        done(guest.send(path, {"units": units}, method="PUT", key=None))
    codes = {"codes": ["tenth"]}
    done(guest.send(f"{CARTS}/{opened['id']}/codes", codes, method="PUT", key=None))
    signed_in = holding(ada, opened["secret"])
    return str(done(signed_in.send(f"{CARTS}/{opened['id']}/merge", {}, key=None))["id"])


def _order(shop: Shop, seller: Api, ada: Api) -> Json:
    """Ada checks out, is told what it costs with its taxes, and pays what her card leaves."""
    card = done(seller.send("/v1/gift-cards", {"amount": "50", "currency": "usd"}))["code"]
    body: dict[str, Any] = {
        "cart": _fill(shop, seller, ada),
        "gift_cards": [card],
        "shipping": "parcel",
        "shipping_address": HOME,
        "email": "ada@example.com",
        "payment": {"provider": "stripe", **BACK},
    }
    told = ada.send(CHECKOUT, body | {"expected_total": "135.90"})
    assert (told.status_code, told.json()["total"]) == (409, TOTAL)
    placed = done(ada.send(CHECKOUT, body | {"expected_total": TOTAL}))
    assert placed["to_collect"] == COLLECTED
    shop.pay(placed)
    shop.catch_up()
    return placed


def _send_two_parcels(seller: Api, one: str) -> None:
    for number in ("A1", "A2"):
        parcel = {"lines": [{"line": 1, "units": 1}], "carrier": "dhl", "tracking_number": number}
        sent = done(seller.send(f"{one}/fulfilments", parcel))["shipment"]
        done(seller.send(f"{one}/fulfilments/{sent}/ship", {}))
        done(seller.send(f"{one}/fulfilments/{sent}/deliver"))


def _return_one(shop: Shop, seller: Api, ada: Api, one: str) -> None:
    asked = done(ada.send(f"{one}/returns", {"lines": [{"line": 1, "units": 1}]}))["id"]
    came = {"lines": [{"line": 1, "units": 1}]}
    done(seller.send(f"{one}/returns/{asked}/receive", came))
    done(seller.send(f"{one}/returns/{asked}/refund"))
    shop.catch_up()


def _exchange_other(shop: Shop, seller: Api, ada: Api, one: str) -> None:
    """The other shirt is exchanged for a small one: she pays what that costs more."""
    asked = done(ada.send(f"{one}/returns", {"lines": [{"line": 1, "units": 1}]}))["id"]
    done(seller.send(f"{one}/returns/{asked}/receive", {}))
    body = {
        "lines": [{"sku": "SHIRT-S"}],
        "shipping": "parcel",
        "expected_value": UNIT_BACK,
        "expected_total": SMALL,
        "payment": {"provider": "stripe", **BACK},
    }
    new = done(seller.send(f"{one}/returns/{asked}/exchange", body))["new_order"]
    assert new["to_collect"] == DIFFERENCE
    shop.pay(new)
    shop.catch_up()
    seen = done(ada.get(f"{ORDERS}/{new['order']}"))
    assert (seen["status"], seen["total"]) == ("confirmed", SMALL)
    assert shop.money(seller) == 11_755 - 3_213 + 940
    old = done(seller.get(f"/v1/billing/invoices/{done(ada.get(one))['invoice']}"))
    assert [each["total"] for each in old["credit_notes"]] == [UNIT_BACK, UNIT_BACK]
    assert done(seller.get(f"/v1/billing/invoices/{seen['invoice']}"))["bill"]["total"] == SMALL


def test_a_purchase_of_everything_is_right_in_every_book(
    shop: Shop, seller: Api, ends: Endpoints
) -> None:
    ada = shop.service.issue(str(seller.org), "member", "ada")
    placed = _order(shop, seller, ada)
    one = f"{ORDERS}/{placed['order']}"
    seen = done(ada.get(one))
    assert (seen["status"], seen["payment_status"], seen["total"]) == ("confirmed", "paid", TOTAL)
    assert shop.money(seller) == 11_755
    assert level(seller, "SHIRT-M") == (3, 2)
    assert shop.has(seller) == 21_000 + 500
    _send_two_parcels(seller, one)
    assert done(ada.get(one))["status"] == "fulfilled"
    assert level(seller, "SHIRT-M") == (1, 0)
    _return_one(shop, seller, ada, one)
    assert level(seller, "SHIRT-M") == (2, 0)
    seen = done(ada.get(one))
    assert (seen["payment_status"], seen["refunds"][0]["amount"]) == ("partly_refunded", UNIT_BACK)
    assert shop.money(seller) == 11_755 - 3_213
    _see_as_ada(shop, seller, ada, placed["order"])
    hour = book(seller, offer(seller)[0])
    assert done(ada.get(f"/v1/appointments/{hour}"))["state"] == "booked"
    _see_invoice(seller, seen["invoice"])
    _see_as_analyst(ends, str(seller.org))
    _exchange_other(shop, seller, ada, one)
    assert not verify(ends).exit_code


def _see_as_ada(shop: Shop, seller: Api, ada: Api, order: str) -> None:
    """What is hers: history, tracking, download and course."""
    (mine,) = done(ada.get("/v1/me/orders"))["data"]
    assert mine["order"] == order
    sent = done(ada.get(f"{ORDERS}/{order}/fulfilments"))["shipments"]
    assert [each["tracking_number"] for each in sent] == ["A1", "A2"]
    assert all("A" in each["tracking_url"] for each in sent)
    grants = {each["kind"]: each for each in done(ada.get("/v1/grants"))["data"]}
    assert {each["state"] for each in grants.values()} == {"active"}
    link = done(ada.send(f"/v1/downloads/{grants['digital_download']['id']}/link", key=None))
    assert shop.service.http.get(link["download_url"]).content == FILE
    assert grants["digital_access"]["course"] == "rust-101"
    bo = shop.service.issue(str(seller.org), "member", "bo")
    for path in (f"{ORDERS}/{order}", f"{ORDERS}/{order}/fulfilments"):
        assert bo.get(path).status_code == 404


def _see_invoice(seller: Api, invoice: str) -> None:
    """Its total is what was paid, its credit note what went back."""
    found = done(seller.get(f"/v1/billing/invoices/{invoice}"))
    bill = found["bill"]
    assert (found["status"], bill["total"], bill["tax"]) == ("paid", TOTAL, "26.75")
    (note,) = found["credit_notes"]
    assert note["total"] == UNIT_BACK


def _see_as_analyst(ends: Endpoints, org: str) -> None:
    """The copies are equal to the ledger, and the measures what was worked out by hand."""
    compared = compare_copies(ends, None)
    assert not compared.report.exit_code
    client = connect(str(ends.clickhouse_url))
    rows = client.query(
        "SELECT kind, is_shipping, sum(units), sum(subtotal), sum(discount), sum(amount), sum(tax) "
        "FROM order_lines FINAL WHERE org = %(org)s GROUP BY kind, is_shipping",
        {"org": org},
    ).result_rows
    assert Counter(tuple(map(int, row[1:])) for row in rows) == Counter(
        [
            (0, 7, 20_100, 1_510, 18_590, 3_532),
            (1, 1, 490, 0, 490, 93),
            (0, -1, -2_700, 0, -2_700, -513),
        ]
    )
