"""Rate cards in every mode, and quotes: a price without effect."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

CARDS, QUOTE = "/v1/billing/rate-cards", "/v1/billing/rate-cards/quote"
REPLAYED = "Idempotency-Replayed"
TIERS = [{"up_to": 1000, "price": "2"}, {"up_to": 5000, "price": 1}, {"price": "0.5"}]


def price(model: str, meter: str = "requests", **more: object) -> Json:
    return {"model": model, "meter": meter, "per": 1, "price": "1", **more}


def tiered(model: str, mode: str) -> Json:
    return {"model": model, "meter": "requests", "per": 1000, "mode": mode, "tiers": TIERS}


def put(admin: Api, *prices: Json, **more: object) -> Json:
    return done(admin.send(CARDS, {"prices": list(prices), **more}, method="PUT"))


def shown(card: Json) -> Json:
    """A version as lists show it: what is in force and planned stands beside them."""
    return {name: value for name, value in card.items() if name not in ("in_force", "planned")}


def quoted(admin: Api, model: str, requests: int, **more: object) -> str:
    body = {"model": model, "quantities": {"requests": requests}, **more}
    amount: str = done(admin.send(QUOTE, body, key=None))["amount"]
    return amount


def test_every_mode_is_published_shown_and_quoted(admin: Api) -> None:
    card = put(
        admin,
        price("flat", price="0.002"),
        price("package", mode="package", per=100, price="3"),
        tiered("graduated", "graduated"),
        tiered("volume", "volume"),
    )
    assert done(admin.get(CARDS))["data"] == [shown(card)]
    assert card["prices"][2]["tiers"] == [
        {"up_to": 1000, "price": "2"},
        {"up_to": 5000, "price": "1"},
        {"up_to": None, "price": "0.5"},
    ]
    assert (card["prices"][2]["price"], card["prices"][0]["tiers"]) == (None, None)
    assert quoted(admin, "flat", 3) == "6"
    assert quoted(admin, "package", 101) == "6000"
    assert quoted(admin, "graduated", 6000) == "6500"
    assert quoted(admin, "volume", 6000) == "3000"
    line = {"id": "r1", "user": "ada", "model": "graduated", "quantities": {"requests": 6000}}
    assert done(admin.send("/v1/billing/usage", line))["amount"] == "-6500"


def test_margin_minimum_and_context_are_of_the_card(admin: Api) -> None:
    card = put(
        admin,
        price("m", "input_tokens", per=1_000_000, price="1"),
        price("m", "input_tokens", per=1_000_000, price="2", context_over=1000),
        margin_bps=1000,
        minimum_charge="0.5",
    )
    assert (card["margin_bps"], card["minimum_charge"]) == (1000, "0.5")
    assert card["prices"][1]["context_over"] == 1000
    assert done(admin.get(CARDS))["data"] == [shown(card)]
    asked = [{"model": "m", "input_tokens": tokens} for tokens in (1, 1000, 2000)]
    amounts = [done(admin.send(QUOTE, each, key=None))["amount"] for each in asked]
    assert amounts == ["0.5", "1.1", "4.4"]


def test_a_quote_has_the_prices_of_its_moment_and_no_effect(service: Served, admin: Api) -> None:
    put(admin, price("m", price="1"))
    put(admin, price("m", price="2"), effective_from="2990-01-01T00:00:00Z")
    before = service.events(admin.org)
    body = {"model": "m", "quantities": {"requests": 1}, "occurred_at": "2020-01-01T00:00:00Z"}
    answer = done(admin.send(QUOTE, body, key=None))
    assert answer["rate"] == {
        "card": admin.org,
        "version": 1,
        "unit_prices_usd": {"requests": "1"},
        "used_before": None,
    }
    assert (answer["amount"], answer["amount_usd"]) == ("1000", "1.00")
    assert quoted(admin, "m", 1) == "1000"
    assert quoted(admin, "m", 1, occurred_at="2990-01-01T00:00:00Z") == "2000"
    for model, meter in (("no-such", "requests"), ("m", "images")):
        refused = admin.send(QUOTE, {"model": model, "quantities": {meter: 1}}, key=None)
        problem(refused, 422, "price_not_found", "model" if meter == "requests" else "images")
    problem(admin.send(QUOTE, {"model": "m"}, key=None), 422, "invalid", "quantities")
    assert service.events(admin.org) == before


def test_the_default_card_quotes_what_the_own_does_not(service: Served, admin: Api) -> None:
    model = f"default-{admin.org}"
    done(service.operator_of("platform").send(CARDS, {"prices": [price(model)]}, method="PUT"))
    put(admin, price("own"))
    assert quoted(admin, model, 2) == "2000"
    gateway = service.issue(str(admin.org), "gateway")
    assert quoted(gateway, "own", 2) == "2000"


def test_a_card_in_another_mode_is_other_content(admin: Api) -> None:
    body = {"prices": [tiered("m", "graduated")]}
    first = admin.send(CARDS, body, method="PUT", key="k")
    again = admin.send(CARDS, body, method="PUT", key="k")
    assert (again.headers[REPLAYED], again.content) == ("true", first.content)
    other = {"prices": [tiered("m", "volume")]}
    refused = admin.send(CARDS, other, method="PUT", key="k")
    problem(refused, 422, "idempotency_key_reused", "Idempotency-Key")


def withdraw(admin: Api, version: int, **more: Any) -> httpx.Response:
    return admin.send(f"{CARDS}/versions/{version}", method="DELETE", **more)


def test_a_version_planned_for_3026_blocks_no_correction(admin: Api) -> None:
    put(admin, price("m", price="1"))
    planned = put(admin, price("m", price="2"), effective_from="3026-01-01T00:00:00Z")
    assert planned["in_force"] == 1
    entry = {"version": 2, "effective_from": "3026-01-01T00:00:00.000000Z"}
    assert planned["planned"] == [entry]
    right = put(admin, price("m", price="3"))
    assert (right["effective_from"], right["in_force"]) == (right["recorded_at"], 3)
    assert right["planned"] == [entry]
    assert quoted(admin, "m", 1) == "3000"
    assert quoted(admin, "m", 1, occurred_at="3026-01-01T00:00:00Z") == "2000"
    line = {"id": "l", "user": "ada", "model": "m", "quantities": {"requests": 1}}
    assert done(admin.send("/v1/billing/usage", line, key=None))["amount"] == "-3000"


def test_a_version_that_has_not_begun_is_withdrawn_once(admin: Api) -> None:
    put(admin, price("m", price="1"))
    planned = put(admin, price("m", price="2"), effective_from="3026-01-01T00:00:00Z")
    gone = withdraw(admin, 2, key="w")
    again = withdraw(admin, 2, key="w")
    assert (again.headers[REPLAYED], again.content) == ("true", gone.content)
    answer = done(gone)
    assert (answer["in_force"], answer["planned"]) == (1, [])
    assert answer["withdrawn_at"] is not None
    assert shown(answer) == shown(planned) | {"withdrawn_at": answer["withdrawn_at"]}
    assert quoted(admin, "m", 1, occurred_at="3026-01-01T00:00:00Z") == "1000"
    listed = done(admin.get(CARDS))
    assert (listed["in_force"], listed["planned"]) == (1, [])
    assert [each["version"] for each in listed["data"]] == [2, 1]
    assert done(admin.get(f"{CARDS}/versions/2")) == answer
    problem(withdraw(admin, 2), 409, "conflict", "version")
    problem(withdraw(admin, 1), 409, "conflict", "version")
    problem(withdraw(admin, 3), 404, "not_found", "version")
    assert put(admin, price("m"))["version"] == 3


def test_what_was_published_is_answered_again_as_it_was_then(admin: Api) -> None:
    put(admin, price("m"))
    body = {"prices": [price("m", price="2")], "effective_from": "3026-01-01T00:00:00Z"}
    first = admin.send(CARDS, body, method="PUT", key="k")
    done(withdraw(admin, 2))
    put(admin, price("m", price="4"))
    again = admin.send(CARDS, body, method="PUT", key="k")
    assert (again.headers[REPLAYED], again.content) == ("true", first.content)


def test_a_version_that_begins_when_another_is_planned_to_replaces_it(admin: Api) -> None:
    put(admin, price("m", price="1"))
    start = "3026-01-01T00:00:00Z"
    put(admin, price("m", price="2"), effective_from=start)
    replaced = put(admin, price("m", price="3"), effective_from=start)
    assert [each["version"] for each in replaced["planned"]] == [3]
    assert quoted(admin, "m", 1, occurred_at=start) == "3000"
    refused = problem(withdraw(admin, 2), 409, "conflict", "version")
    assert "replaced" in refused["detail"]
    done(withdraw(admin, 3))
    assert quoted(admin, "m", 1, occurred_at=start) == "1000"


@pytest.mark.reaches("price_not_found")
def test_a_first_version_that_says_when_it_begins_is_planned(admin: Api) -> None:
    planned = put(admin, price("m"), effective_from="3026-01-01T00:00:00Z")
    assert planned["in_force"] is None
    body = {"model": "m", "quantities": {"requests": 1}}
    problem(admin.send(QUOTE, body, key=None), 422, "price_not_found", "model")
    now = put(admin, price("m", price="2"))
    assert (now["effective_from"], now["in_force"]) == (None, 2)
    assert quoted(admin, "m", 1, occurred_at="2020-01-01T00:00:00Z") == "2000"


def test_a_version_that_would_begin_in_the_past_is_refused(service: Served, admin: Api) -> None:
    put(admin, price("m"))
    before = service.events(admin.org)
    body = {"prices": [price("m")], "effective_from": "2020-01-01T00:00:00Z"}
    problem(admin.send(CARDS, body, method="PUT"), 422, "invalid", "effective_from")
    assert service.events(admin.org) == before


def test_only_who_may_publish_may_withdraw(service: Served, admin: Api) -> None:
    put(admin, price("m"))
    put(admin, price("m"), effective_from="3026-01-01T00:00:00Z")
    for role in ("gateway", "auditor", "billing"):
        other = service.issue(str(admin.org), role)
        published = other.send(CARDS, {"prices": [price("m")]}, method="PUT")
        assert withdraw(other, 2).status_code == published.status_code
        if published.status_code == 403:
            problem(withdraw(other, 2), 403, "forbidden", None)
    unkeyed = withdraw(admin, 2, key=None)
    problem(unkeyed, 400, "missing_input", "Idempotency-Key")


@pytest.mark.parametrize("number", ["0", "-1", "x", "1" * 30, "1.0"])
def test_a_number_that_is_none_is_not_found(admin: Api, number: str) -> None:
    put(admin, price("m"))
    deleted = admin.send(f"{CARDS}/versions/{number}", method="DELETE")
    problem(deleted, 404, "not_found", "version")
    problem(admin.get(f"{CARDS}/versions/{number}"), 404, "not_found", "version")
