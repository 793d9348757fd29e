"""Rate cards in every mode, and quotes: a price without effect."""

from __future__ import annotations

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
    assert done(admin.get(CARDS))["data"] == [card]
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
    assert done(admin.get(CARDS))["data"] == [card]
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


def test_a_version_that_begins_before_the_one_there_is_is_refused(
    service: Served, admin: Api
) -> None:
    put(admin, price("m"))
    put(admin, price("m"), effective_from="2990-01-01T00:00:00Z")
    before = service.events(admin.org)
    for start in ("2020-01-01T00:00:00Z", "2989-01-01T00:00:00Z"):
        body = {"prices": [price("m")], "effective_from": start}
        problem(admin.send(CARDS, body, method="PUT"), 422, "invalid", "effective_from")
    assert service.events(admin.org) == before
