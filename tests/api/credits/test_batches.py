"""Batches: each for itself, or all or none; answered in order."""

from __future__ import annotations

from typing import Any

from tests.api.problems import problem
from tests.api.served import Api, Served, done

BATCH = "/v1/billing/usage/batch"


def line(id_: str, amount: Any = 1, **more: Any) -> dict[str, Any]:
    return {"id": id_, "user": "ada", "amount": amount, **more}


def test_an_independent_batch_charges_the_good_and_names_the_bad(admin: Api) -> None:
    admin.deposit("ada", "10")
    items = [
        line("a"),
        line("b", 1.5),
        line("c", 100, on_shortfall="reject"),
        line("d", user="bob"),
        {"id": "e"},
        line("a"),
        line("a", 2),
    ]
    answer = admin.send(BATCH, {"mode": "independent", "items": items})
    assert answer.status_code == 200
    results = done(answer)["results"]
    assert [each["index"] for each in results] == list(range(7))
    assert [each["status"] for each in results] == [201, 422, 402, 201, 422, 201, 422]
    assert [each["replayed"] for each in results] == [False] * 5 + [True, False]
    assert results[1]["problem"]["field"] == "amount"
    assert results[2]["problem"]["missing"] == "91"
    assert "billing_url" in results[2]["problem"]
    assert results[5]["transaction"] == results[0]["transaction"]
    assert results[6]["problem"]["field"] == "id"
    assert admin.balance("ada")["available"] == "9"
    assert admin.balance("bob")["debt"] == "1"


def test_a_batch_of_a_thousand_lines_is_one_event(service: Served, admin: Api) -> None:
    admin.deposit("ada", "1000")
    before = service.events(admin.org)
    items = [line(str(n), "0.000001") for n in range(1000)]
    results = done(admin.send(BATCH, {"mode": "atomic", "items": items}))["results"]
    assert service.events(admin.org) == before + 1
    sequence = results[0]["transaction"]["sequence"]
    assert [each["transaction"]["id"] for each in results] == [
        f"{sequence}-{n}" for n in range(1000)
    ]
    assert admin.balance("ada")["available"] == "999.999"


def test_an_atomic_batch_answers_its_first_problem_with_its_index(
    service: Served, admin: Api
) -> None:
    admin.deposit("ada", "10")
    before = service.events(admin.org)
    refused = admin.send(BATCH, {"mode": "atomic", "items": [line("a"), line("b", 0), {}]})
    assert problem(refused, 422, "invalid", "amount")["index"] == 1
    items = [line("a"), line("b"), line("c", 9, on_shortfall="reject")]
    refused = admin.send(BATCH, {"mode": "atomic", "items": items})
    assert problem(refused, 402, "insufficient_credits", None)["index"] == 2
    assert service.events(admin.org) == before
    assert admin.balance("ada")["available"] == "10"
    items[2]["amount"] = 8
    results = done(admin.send(BATCH, {"mode": "atomic", "items": items}))["results"]
    assert [each["replayed"] for each in results] == [False] * 3
    assert admin.balance("ada")["available"] == "0"
