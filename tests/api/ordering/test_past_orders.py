"""Orders of other shop software over HTTP: recorded once, seen among the others, erased with whose
they are, and left alone by all that is done with orders."""

from __future__ import annotations

from typing import Any

from tests.api.problems import problem
from tests.api.served import Api, Served, done

IMPORTS, ORDERS = "/v1/orders/imports", "/v1/orders"
HOME = {"name": "Ada", "country": "DE", "address": ["Street 1"]}
PAST: dict[str, Any] = {
    "source": "shopify",
    "number": "#1001",
    "currency": "usd",
    "placed_at": "2014-04-16T12:17:26Z",
    "paid_at": "2014-04-16T12:17:30Z",
    "status": "fulfilled",
    "payment_status": "partly_refunded",
    "lines": [
        {"sku": "MUG", "title": "Mug", "units": 2, "subtotal": "50", "discount": "5", "tax": "4"},
        {"title": "Wrap", "subtotal": "10"},
    ],
    "shipping": {"name": "Parcel", "amount": "4"},
    "total": "63.00",
    "refunded": "5",
    "user": "ada",
    "email": "ada@example.com",
    "shipping_address": HOME,
}


def test_it_is_recorded_once_and_seen_as_it_was(service: Served, admin: Api) -> None:
    taken = done(admin.send(IMPORTS, PAST, key="one"))
    again = admin.send(IMPORTS, PAST, key="one")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (taken, "true")
    problem(admin.send(IMPORTS, PAST), 409, "conflict", "number")
    one = f"{ORDERS}/{taken['order']}"
    assert done(admin.get(one)) == taken
    assert [(each["sku"], each["total"], each["to_pay"]) for each in taken["lines"]] == [
        ("MUG", "45.00", "49.00"),
        ("", "10.00", "10.00"),
    ]
    assert taken["imported"] == {
        "source": "shopify",
        "paid_at": "2014-04-16T12:17:30.000000Z",
        "cancelled_at": None,
        "titles": ["Mug", "Wrap"],
    }
    assert (taken["number"], taken["refunded"], taken["total"]) == ("#1001", "5.00", "63.00")
    assert (taken["_context"]["actions"], taken["_context"]["transitions"]) == ([], [])
    (listed,) = done(admin.get(ORDERS))["data"]
    assert (listed["order"], listed["placed_at"]) == (taken["order"], "2014-04-16T12:17:26.000000Z")
    ada = service.issue(str(admin.org), "member", "ada")
    assert done(ada.get("/v1/me/orders"))["data"] == [listed]
    assert done(ada.get(one))["contact"]["email"] == "ada@example.com"
    problem(service.issue(str(admin.org), "member", "bo").get(one), 404, "not_found", "id")
    for what, body in (("cancel", {}), ("refunds", {}), ("confirm-transfer", {"reference": "r"})):
        refused = problem(admin.send(f"{one}/{what}", body), 404, "not_found", "id")
        assert "imported" in refused["detail"]
    for what, things in (("fulfilments", "shipments"), ("returns", "data"), ("exchanges", "data")):
        assert done(ada.get(f"{one}/{what}"))[things] == []
    again_ordered = done(ada.send(f"/v1/me/orders/{taken['order']}/reorder"))
    assert [each["sku"] for each in again_ordered["left_out"]] == ["MUG", ""]
    admin.erase("ada")
    gone = done(admin.get(one))
    assert (gone["contact"], gone["imported"]["titles"], gone["total"]) == (None, None, "63.00")


def test_what_does_not_add_up_is_named(admin: Api) -> None:
    for wrong, field in (
        ({"total": "62.99"}, "total"),
        ({"refunded": "63.01"}, "refunded"),
        ({"placed_at": "2999-01-01T00:00:00Z"}, "placed_at"),
        ({"lines": [{"subtotal": "1", "discount": "2"}]}, "lines"),
        ({"lines": [{"subtotal": "0.001"}]}, "lines.0.subtotal"),
        ({"source": "Shopify!"}, "source"),
        ({"status": "gone"}, "status"),
        ({"email": "ada"}, "email"),
    ):
        problem(admin.send(IMPORTS, PAST | wrong), 422, "invalid", field)
