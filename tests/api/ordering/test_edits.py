"""Edits of orders over HTTP: what one would come to is said first, then it is done, once."""

from __future__ import annotations

from typing import Any

from tests.api.ordering.test_checkout import BY_TRANSFER, CHECKOUT, ORDERS, asked, sell
from tests.api.problems import problem
from tests.api.served import Api, Served, done


def test_an_edit_is_proposed_and_then_done_once(admin: Api, service: Served) -> None:
    sell(admin, a="50", b="0.34")
    placed = done(admin.send(CHECKOUT, asked("150", ("a", 3), user="ada", email="a@b.example")))
    one = f"{ORDERS}/{placed['order']}"
    body: dict[str, Any] = {
        "lines": [{"line": 1, "units": 1}],
        "add": [{"sku": "b", "units": 2}],
    }
    problem(admin.send(f"{one}/edit", body | {"expected_refund": "100"}), 422, "invalid", "status")
    done(admin.send(f"{one}/confirm-transfer", {"reference": "T-150"}))
    proposed = done(admin.send(f"{one}/edit", body))
    assert (proposed["refunded"], proposed["total"]) == ("100.00", "0.68")
    assert (proposed["difference"], proposed["is_done"]) == ("-99.32", False)
    assert done(admin.get(one))["refunded"] == "0.00"
    told = body | {"expected_refund": "100", "expected_total": "0.68", "payment": BY_TRANSFER}
    wrong = told | {"expected_refund": "99"}
    problem(admin.send(f"{one}/edit", wrong), 409, "conflict", "expected_refund")
    edited = admin.send(f"{one}/edit", told, key="edit")
    again = admin.send(f"{one}/edit", told, key="edit")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (done(edited), "true")
    answer = edited.json()
    assert (answer["is_done"], answer["difference"]) == (True, "-99.32")
    added = done(admin.get(f"{ORDERS}/{answer['added']['order']}"))
    assert (added["adds_to"], added["user"]) == (placed["order"], "ada")
    assert added["contact"]["email"] == "a@b.example"
    seen = done(admin.get(one))
    assert (seen["added"], seen["refunded"]) == ([added["order"]], "100.00")
    assert seen["lines"][0]["units_refunded"] == 2
    ada, bob = (service.issue(str(admin.org), "member", name) for name in ("ada", "bob"))
    problem(bob.send(f"{one}/edit", body), 404, "not_found", "id")
    named = {"add": [{"sku": "b", "units": 1, "item": "cheap"}]}
    problem(ada.send(f"{one}/edit", named), 403, "forbidden", "add")
    problem(ada.send(f"{one}/edit", {}), 422, "invalid", "lines")
    alone = {"lines": [{"line": 1, "units": 0}], "store_credit": True}
    problem(ada.send(f"{one}/edit", alone), 422, "invalid", "store_credit")
    unknown = {"add": [{"sku": "none", "units": 1}]}
    problem(ada.send(f"{one}/edit", unknown), 422, "invalid", "add.0.sku")
