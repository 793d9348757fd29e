"""Shipments and returns over HTTP: what is sent, seen by whose it is, comes back and is paid back;
and what is wrong is named."""

from __future__ import annotations

from typing import Any

from tests.api.fulfilment.story import bought
from tests.api.ordering.test_checkout import CHECKOUT, ORDERS, asked, come, level, sell
from tests.api.problems import problem
from tests.api.served import Api, Served, done


def _lines(api: Api, one: str) -> list[tuple[Any, ...]]:
    found = done(api.get(f"{one}/fulfilments"))["lines"]
    names = ("ordered", "to_ship", "shipped", "delivered", "withdrawn", "returned", "refunded")
    return [tuple(each[name] for name in names) for each in found]


def test_each_unit_of_an_order_is_told_of_from_its_shipment_to_its_refund(admin: Api) -> None:
    one = bought(admin, "a", 3)
    made = admin.send(f"{one}/fulfilments", {"lines": [{"line": 1, "units": 2}]}, key="pack")
    again = admin.send(f"{one}/fulfilments", {"lines": [{"line": 1, "units": 2}]}, key="pack")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (done(made), "true")
    assert (done(admin.get(one))["status"], level(admin, "a")) == ("processing", (3, 3))
    shipment = f"{one}/fulfilments/{made.json()['shipment']}"
    going = {"carrier": "dhl", "tracking_number": " 00 34/5 "}
    sent = done(admin.send(f"{shipment}/ship", going))
    assert sent["tracking_url"].endswith("tracking-id=0034%2F5")
    assert sent["parts"] == [{"location": "berlin", "sku": "a", "units": 2}]
    assert (done(admin.get(one))["status"], level(admin, "a")) == ("partially_fulfilled", (1, 1))
    problem(admin.send(f"{one}/cancel", {}), 422, "invalid", "status")
    problem(admin.send(f"{shipment}/cancel"), 422, "invalid", "status")
    done(admin.send(f"{shipment}/deliver"))
    assert _lines(admin, one) == [(3, 1, 2, 2, 0, 0, 0)]
    back = done(admin.send(f"{one}/returns", {"lines": [{"line": 1}], "reason": "too small"}))
    assert (back["lines"][0]["units"], back["reason"]) == (2, "too small")
    problem(admin.send(f"{one}/returns", {}), 409, "conflict", "lines")
    came = {"lines": [{"line": 1, "units": 1}, {"line": 1, "units": 1, "condition": "damaged"}]}
    done(admin.send(f"{one}/returns/{back['id']}/receive", came))
    assert level(admin, "a") == (2, 1)
    paid = done(admin.send(f"{one}/returns/{back['id']}/refund"))
    refunds = done(admin.get(one))["refunds"]
    assert [(each["refund"], each["amount"]) for each in refunds] == [(paid["refund"], "25.00")]
    done(admin.send(f"{one}/refunds/{paid['refund']}/confirm", {"reference": "SEPA back"}))
    assert _lines(admin, one) == [(3, 1, 2, 2, 0, 2, 2)]
    rest = done(admin.send(f"{one}/refunds", {"lines": [{"line": 1, "units": 1}]}))["refund"]
    problem(admin.send(f"{one}/fulfilments", {}), 409, "conflict", "lines")
    done(admin.send(f"{one}/refunds/{rest}/confirm", {"reference": "SEPA rest"}))
    assert (done(admin.get(one))["status"], level(admin, "a")) == ("refunded", (2, 0))


def test_members_see_and_return_what_was_sent_to_them_and_nothing_else(
    service: Served, admin: Api
) -> None:
    sell(admin, a="5")
    come(admin, "a", 2)
    ada, bob = (service.issue(str(admin.org), "member", user) for user in ("ada", "bob"))
    order = done(admin.send(CHECKOUT, asked("5", user="ada")))["order"]
    one = f"{ORDERS}/{order}"
    problem(admin.send(f"{one}/fulfilments", {}), 422, "invalid", "status")
    done(admin.send(f"{one}/confirm-transfer", {"reference": "of ada"}))
    shipment = done(admin.send(f"{one}/fulfilments", {"carrier": "by-bike"}))
    assert (shipment["carrier"], shipment["tracking_url"]) == ("by-bike", None)
    assert ada.send(f"{one}/fulfilments", {}).status_code == 403
    done(admin.send(f"{one}/fulfilments/{shipment['shipment']}/ship", {}))
    assert done(ada.get(f"{one}/fulfilments"))["status"] == "fulfilled"
    back = done(ada.send(f"{one}/returns", {}))
    assert ada.send(f"{one}/returns/{back['id']}/receive", {}).status_code == 403
    assert [each["id"] for each in done(ada.get("/v1/returns"))["data"]] == [back["id"]]
    (listed,) = done(ada.get("/v1/fulfilments", status="shipped"))["data"]
    assert (listed["order"], listed["carrier"], listed["units"]) == (order, "by-bike", 1)
    for path in ("fulfilments", "returns"):
        problem(bob.get(f"{one}/{path}"), 404, "not_found", "id")
        assert done(bob.get(f"/v1/{path}"))["data"] == []
    problem(bob.send(f"{one}/returns", {}), 404, "not_found", "id")
    problem(ada.send(f"{one}/returns/ret_none/cancel"), 404, "not_found", "return")
    number = {"carrier": "dhl", "tracking_number": "Paket 1\u00e9"}
    problem(admin.send(f"{one}/fulfilments", number), 422, "invalid", "tracking_number")
