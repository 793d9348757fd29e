"""Stock over HTTP: what is said comes back, lists have pages, and what is wrong is named."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.limits import RESERVATION_LINES_MAX
from tests.api.served import Api, Served, done

STOCK = "/v1/stock"
MOVEMENTS = f"{STOCK}/movements"
RESERVATIONS = f"{STOCK}/reservations"


@pytest.fixture
def shop(admin: Api) -> Api:
    """Two locations, with mugs in both."""
    for name, priority in (("berlin", 1), ("paris", 2)):
        place = {"id": name, "name": name.title(), "priority": priority}
        done(admin.send("/v1/locations", place, method="PUT"))
        come(admin, name, 3)
    return admin


def come(admin: Api, location: str, quantity: int, sku: str = "MUG") -> dict[str, Any]:
    """Units come in."""
    body = {"location": location, "sku": sku, "quantity": quantity}
    return done(admin.send(f"{MOVEMENTS}/receipts", body))


def reserved(admin: Api, quantity: int, owner: str = "o-1", **more: Any) -> dict[str, Any]:
    """Mugs are set aside."""
    body = {"owner": owner, "lines": [{"sku": "MUG", "quantity": quantity}], **more}
    return done(admin.send(RESERVATIONS, body))


def levels(admin: Api, **filters: str) -> dict[str, tuple[int, int, int, int]]:
    """What there is, by location."""
    data = done(admin.get(STOCK, **filters))["data"]
    return {
        each["location"]: (each["on_hand"], each["reserved"], each["available"], each["damaged"])
        for each in data
    }


def test_a_reservation_is_confirmed_shipped_in_parts_and_comes_back(
    service: Served, shop: Api
) -> None:
    made = reserved(shop, 5)
    assert [(p["location"], p["quantity"]) for p in made["parts"]] == [("berlin", 3), ("paris", 2)]
    assert levels(shop, sku="MUG") == {"berlin": (3, 3, 0, 0), "paris": (3, 2, 1, 0)}
    one, order = f"{RESERVATIONS}/{made['id']}", {"owner": "o-1"}
    assert done(shop.get(one))["status"] == "reserved"
    key = {"key": "confirm"}
    confirmed = shop.send(f"{one}/confirm", order, **key)
    again = shop.send(f"{one}/confirm", order, **key)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (confirmed.json(), "true")
    few = order | {"lines": [{"sku": "MUG", "quantity": 4}]}
    shipped = done(shop.send(f"{one}/ship", few))
    assert [(p["location"], p["quantity"]) for p in shipped["parts"]] == [
        ("berlin", 3),
        ("paris", 1),
    ] or shipped["parts"]
    back = few | {"reservation": made["id"], "condition": "damaged", "location": "berlin"}
    done(shop.send(f"{MOVEMENTS}/returns", back))
    answer = shop.send(f"{MOVEMENTS}/returns", back)
    assert (answer.status_code, answer.json()["field"]) == (409, "lines")
    done(shop.send(f"{one}/release", order))
    found = done(shop.get(one))
    assert (found["status"], found["expires_at"]) == ("ended", None)
    sums = {name: sum(p[name] for p in found["parts"]) for name in ("shipped", "released")}
    assert sums == {"shipped": 4, "released": 1}
    assert levels(shop) == {"berlin": (0, 0, 0, 4), "paris": (2, 0, 2, 0)}


def test_what_time_has_ended_is_free_before_anyone_has_recorded_it(
    service: Served, shop: Api
) -> None:
    made = reserved(shop, 6, expires_in=60)
    answer = shop.send(RESERVATIONS, {"owner": "b", "lines": [{"sku": "MUG", "quantity": 1}]})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "out_of_stock")
    assert (problem["sku"], problem["available"], problem["required"]) == ("MUG", 0, 1)
    service.let_pass(str(shop.org), 61)
    assert reserved(shop, 6, "b")["oversold"] == 0
    ended = shop.send(f"{RESERVATIONS}/{made['id']}/confirm", {"owner": "o-1"})
    assert ended.status_code == 409


def test_movements_are_listed_by_what_is_asked_and_a_reason_is_erased(
    service: Served, shop: Api
) -> None:
    counted = {"location": "berlin", "sku": "MUG", "quantity": -1, "reason": "broken"}
    assert done(shop.send(f"{MOVEMENTS}/adjustments", counted))["reason"] == "broken"
    moved = {"location": "berlin", "to": "paris", "sku": "MUG", "quantity": 1}
    done(shop.send(f"{MOVEMENTS}/transfers", moved))
    made = reserved(shop, 1, "o-9")
    first = done(shop.get(MOVEMENTS, limit="2", sku="MUG"))
    rest = done(shop.get(MOVEMENTS, sku="MUG", cursor=first["next_cursor"], limit="10"))
    kinds = [each["kind"] for page in (first, rest) for each in page["data"]]
    assert kinds == ["reservation", "transfer", "transfer", "adjustment", "receipt", "receipt"]
    (own,) = done(shop.get(MOVEMENTS, owner="o-9"))["data"]
    assert (own["reservation"], own["reserved"]) == (made["id"], 1)
    assert len(done(shop.get(MOVEMENTS, location="paris"))["data"]) == 2
    assert done(shop.get(MOVEMENTS, to="2020-01-01T00:00:00Z"))["data"] == []
    service.erase_texts(str(shop.org))
    (adjusted,) = [e for e in done(shop.get(MOVEMENTS))["data"] if e["kind"] == "adjustment"]
    assert (adjusted["reason"], adjusted["on_hand"]) == (None, -1)


def test_stock_is_of_one_org_and_a_gateway_may_reserve_and_set_no_location(
    service: Served, shop: Api
) -> None:
    gateway = service.issue(str(shop.org), "gateway")
    made = reserved(gateway, 1)
    assert gateway.send("/v1/locations", {"id": "x", "name": "X"}, method="PUT").status_code == 403
    auditor = service.issue(str(shop.org), "auditor")
    assert auditor.get(f"{RESERVATIONS}/{made['id']}").status_code == 200
    assert auditor.send(f"{RESERVATIONS}/{made['id']}/release", {"owner": "o"}).status_code == 403
    other = service.new_admin()
    assert other.get(f"{RESERVATIONS}/{made['id']}").status_code == 404
    assert done(other.get(STOCK))["data"] == []
    assert done(other.get("/v1/locations"))["data"] == []


def test_costs_are_shown_to_those_of_the_books_and_to_nobody_else(
    service: Served, shop: Api
) -> None:
    come = {"location": "berlin", "sku": "JAR", "quantity": 3, "cost": "10.00", "currency": "eur"}
    asked = {"key": "come"}
    first = shop.send(f"{MOVEMENTS}/receipts", come, **asked)
    assert shop.send(f"{MOVEMENTS}/receipts", come, **asked).json() == first.json()
    assert {"cost", "value", "currency"}.isdisjoint(done(first))
    (jar,) = done(shop.get(f"{STOCK}/costs", sku="JAR"))["data"]
    place = {"sku": "JAR", "location": "berlin", "on_hand": 3, "currency": "eur"}
    assert jar == place | {"value": "10.00", "unit_cost": "3.33"}
    one = {"location": "berlin", "sku": "JAR", "unit_cost": "2.50", "currency": "eur"}
    assert done(shop.send(f"{STOCK}/costs", one, method="PUT"))["value"] == "7.50"
    page = done(shop.get(f"{STOCK}/costs", limit="1"))
    rest = done(shop.get(f"{STOCK}/costs", cursor=page["next_cursor"]))["data"]
    unknown = {"currency": None, "value": None, "unit_cost": None}
    assert [each["sku"] for each in rest] == ["MUG", "MUG"]
    assert unknown.items() <= rest[0].items()
    kinds = [each["kind"] for each in done(shop.get(MOVEMENTS, sku="JAR"))["data"]]
    assert kinds == ["valuation", "receipt"]
    gateway, auditor = (service.issue(str(shop.org), each) for each in ("gateway", "auditor"))
    assert gateway.get(f"{STOCK}/costs").status_code == 403
    assert gateway.send(f"{STOCK}/costs", one, method="PUT").status_code == 403
    assert auditor.get(f"{STOCK}/costs").status_code == 200
    for sent, field in (
        (come | {"currency": "usd"}, "currency"),
        (come | {"cost": "-1"}, "cost"),
        (come | {"cost": "0.001"}, "cost"),
        (come | {"cost": "10000000000000.01"}, "cost"),
        ({**come, "cost": None}, "cost"),
        ({**come, "currency": None}, "currency"),
        (come | {"currency": "credit"}, "currency"),
        (come | {"currency": 7}, "currency"),
    ):
        answer = shop.send(f"{MOVEMENTS}/receipts", sent)
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


LINE = {"sku": "MUG", "quantity": 1}
MANY = [LINE] * (RESERVATION_LINES_MAX + 1)


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/movements/receipts", LINE | {"location": "berlin", "quantity": 0}, 422, "quantity"),
        ("/movements/receipts", LINE | {"location": "rome"}, 404, "location"),
        ("/movements/transfers", LINE | {"location": "berlin", "to": "berlin"}, 422, "to"),
        ("/movements/transfers", LINE | {"location": "berlin", "to": "rome"}, 404, "to"),
        (
            "/movements/adjustments",
            LINE | {"location": "berlin", "quantity": 0, "reason": "x"},
            *(422, "quantity"),
        ),
        ("/reservations", {"owner": "o", "lines": []}, 422, "lines"),
        ("/reservations", {"owner": "o", "lines": MANY}, 422, "lines"),
        ("/reservations", {"owner": "o", "lines": [LINE | {"sku": "/"}]}, 422, "lines.0.sku"),
        ("/reservations", {"owner": "o", "lines": [LINE], "expires_in": 0}, 422, "expires_in"),
        ("/reservations/none/ship", {"owner": "o"}, 404, "reservation"),
    ],
)
def test_what_is_wrong_is_named(
    shop: Api, path: str, body: dict[str, Any], status: int, field: str
) -> None:
    answer = shop.send(f"{STOCK}{path}", body)
    assert (answer.status_code, answer.json()["field"]) == (status, field), answer.text
