"""Prices of one provider and of some hours, and the names that lines call models by."""

from __future__ import annotations

import pytest

from api.verification.verify import verify
from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

CARDS, QUOTE = "/v1/billing/rate-cards", "/v1/billing/rate-cards/quote"
USAGE, HOLDS = "/v1/billing/usage", "/v1/billing/holds"
NOON, NIGHT, SUNDAY = "2026-02-02T12:00:00Z", "2026-02-02T23:00:00Z", "2026-02-08T12:00:00Z"


def price(model: str, dollars: str, meter: str = "input_tokens", **more: object) -> Json:
    return {"model": model, "meter": meter, "per": 1, "price": dollars, **more}


def put(admin: Api, *prices: Json, **more: object) -> Json:
    return done(admin.send(CARDS, {"prices": list(prices), **more}, method="PUT"))


def quoted(admin: Api, model: str, **more: object) -> str:
    body = {"model": model, "input_tokens": 1, **more}
    amount: str = done(admin.send(QUOTE, body, key=None))["amount"]
    return amount


def test_a_line_a_quote_and_a_hold_are_priced_by_their_provider(admin: Api) -> None:
    put(admin, price("m", "1"), price("m", "2", provider="Cerebras"), price("only", "3"))
    line = {"user": "ada", "model": "m", "input_tokens": 1}
    admin.deposit("ada", "100000")
    for provider, amount in (("cerebras", "2000"), ("groq", "1000"), (None, "1000")):
        labelled = line | ({"provider": provider} if provider else {})
        body = labelled | {"id": f"line {provider}"}
        assert done(admin.send(USAGE, body, key=None))["amount"] == f"-{amount}"
        assert quoted(admin, "m", provider=provider) == amount
        hold = done(admin.send(HOLDS, labelled))
        assert hold["amount"] == amount
        captured = {"model": "m", "input_tokens": 1} | ({"provider": provider} if provider else {})
        done_with = done(admin.send(f"{HOLDS}/{hold['id']}/capture", captured))
        assert done_with["transaction"]["amount"] == f"-{amount}"
    assert quoted(admin, "only", provider="cerebras") == "3000"


def test_names_are_published_shown_and_mean_what_they_say(admin: Api) -> None:
    names: list[Json] = [
        {"name": "gpt-4o-2024-08-06", "model": "gpt-4o"},
        {"name": "gpt-4o-####-##-##", "model": "gpt-4o"},
        {"name": "gpt-4o-mini*", "model": "mini", "excluding": ["*-tts"]},
        {"name": "cheap", "model": "gpt-4o", "provider": "azure"},
        {"name": "mini", "provider": "azure"},
        {"name": "az", "model": "gpt-4o", "seller": "azure"},
    ]
    prices = [price("gpt-4o", "1"), price("mini", "2"), price("gpt-4o", "3", provider="azure")]
    providers = [{"name": "*azure*", "provider": "azure"}]
    card = put(admin, *prices, names=names, providers=providers)
    empty: Json = {"model": None, "provider": None, "seller": None, "excluding": None}
    assert card["names"] == [empty | name for name in names]
    assert card["providers"] == providers
    assert done(admin.get(f"{CARDS}/versions/1"))["names"] == card["names"]
    assert quoted(admin, "gpt-4o-2024-08-06") == "1000"
    assert quoted(admin, "GPT-4O-2025-01-31") == "1000"
    assert quoted(admin, "gpt-4o-mini-2024") == "2000"
    assert quoted(admin, "cheap", provider="my-azure-eu") == "3000"
    assert quoted(admin, "az") == "3000"
    assert quoted(admin, "gpt-4o-mini-x", provider="azure") == "2000"
    for model, provider in (
        ("gpt-4o-mini-tts", None),
        ("cheap", None),
        ("mini", "azure"),
        ("gpt-4o-2025-1-31", None),
    ):
        body = {"model": model, "provider": provider, "input_tokens": 1}
        refused = problem(admin.send(QUOTE, body, key=None), 422, "price_not_found", "model")
        assert model in refused["detail"]


def test_prices_by_hour_and_weekday_are_in_utc(admin: Api) -> None:
    night = {"from": "22:00", "until": "06:00"}
    sunday = {"weekdays": ["sun"]}
    card = put(admin, price("m", "1"), price("m", "2", hours=night), price("s", "1"))
    assert card["prices"][1]["hours"] == night | {"weekdays": None}
    for at, amount in (
        (NOON, "1000"),
        (NIGHT, "2000"),
        ("2026-02-02T22:00:00Z", "2000"),
        ("2026-02-02T21:59:59.999999Z", "1000"),
        ("2026-02-03T05:59:59.999999Z", "2000"),
        ("2026-02-03T06:00:00Z", "1000"),
    ):
        assert quoted(admin, "m", occurred_at=at) == amount, at
    put(admin, price("m", "1"), price("m", "2", hours=sunday))
    assert quoted(admin, "m", occurred_at=NOON) == "1000"
    assert quoted(admin, "m", occurred_at=SUNDAY) == "1000", "the version before priced it"
    ahead = ("2090-02-05T00:00:00Z", "2000"), ("2090-02-06T00:00:00Z", "1000")
    for at, amount in ahead:
        assert quoted(admin, "m", occurred_at=at) == amount, at


def test_what_a_line_is_assumed_to_count_is_charged_when_it_does_not_say(admin: Api) -> None:
    put(admin, price("m", "1"), price("m", "5", "requests", assumed=1))
    assert quoted(admin, "m") == "6000"
    assert quoted(admin, "m", quantities={"requests": 3}) == "16000"
    assert quoted(admin, "m", quantities={"requests": 0}) == "1000"


def test_an_estimate_takes_all_that_a_line_counts(admin: Api) -> None:
    meters = ("input_tokens", "cached_tokens", "cache_write_tokens", "cache_write_1h_tokens")
    put(admin, *(price("m", str(10**n), meter) for n, meter in enumerate(meters)))
    admin.deposit("ada", "100000000")
    counts = {"input_tokens": 10, "cached_tokens": 2, "cache_write_tokens": 3}
    written = {"quantities": {"cache_write_1h_tokens": 1}}
    body: Json = {**counts, **written}
    amount = quoted(admin, "m", **body)
    assert amount == str((5 * 1 + 2 * 10 + 2 * 100 + 1 * 1000) * 1000)
    assert done(admin.send(HOLDS, body | {"model": "m", "user": "ada"}))["amount"] == amount


BAD = [
    ("prices.0.hours.from", {"prices": [price("m", "1", hours={"from": "24:00"})]}),
    ("prices.0.hours.from", {"prices": [price("m", "1", hours={"from": "7:00"})]}),
    ("prices.0.hours.until", {"prices": [price("m", "1", hours={"until": "25:00"})]}),
    ("prices.0.hours.until", {"prices": [price("m", "1", hours={"until": "00:00"})]}),
    ("prices.0.hours.weekdays.0", {"prices": [price("m", "1", hours={"weekdays": ["x"]})]}),
    ("prices.0.hours.weekdays", {"prices": [price("m", "1", hours={"weekdays": []})]}),
    ("prices.0.hours.days", {"prices": [price("m", "1", hours={"days": 1})]}),
    (
        "prices.1.hours",
        {
            "prices": [
                price("m", "1", hours={"from": "22:00", "until": "06:00"}),
                price("m", "2", hours={"from": "05:59", "until": "07:00"}),
            ]
        },
    ),
    ("prices.1", {"prices": [price("m", "1", provider="A"), price("m", "2", provider="a")]}),
    ("prices.0.assumed", {"prices": [price("m", "1", assumed=0)]}),
    ("names.0.model", {"names": [{"name": "n", "model": "no-such"}]}),
    ("names.0.model", {"names": [{"name": "n", "model": "m", "seller": "no-such"}]}),
    ("names.0.name", {"names": [{"name": "m", "model": "m"}]}),
    ("names.1.name", {"names": [{"name": "N", "model": "m"}, {"name": "n", "model": "m"}]}),
    ("names.0.name", {"names": [{"model": "m"}]}),
    ("names.0.excluding", {"names": [{"name": "n", "model": "m", "excluding": ["x"]}]}),
    ("names.0.seller", {"names": [{"name": "n", "seller": "p"}]}),
    ("names.0", {"names": [{"name": "a*b*c*d*e*f", "model": "m"}]}),
    ("names.0.other", {"names": [{"name": "n", "model": "m", "other": 1}]}),
    ("providers.0.provider", {"providers": [{"name": "*p*", "provider": "no-such"}]}),
    (
        "providers.0.name",
        {
            "prices": [price("m", "1", provider="p")],
            "providers": [{"name": "P", "provider": "p"}],
        },
    ),
]


@pytest.mark.parametrize(
    ("field", "body"), BAD, ids=[f"{n} {field}" for n, (field, _) in enumerate(BAD)]
)
def test_what_contradicts_itself_is_refused_and_named(
    service: Served, admin: Api, field: str, body: Json
) -> None:
    before = service.events(admin.org)
    answer = admin.send(CARDS, {"prices": [price("m", "1")]} | body, method="PUT")
    problem(answer, 422, "invalid", field)
    assert service.events(admin.org) == before


def test_the_same_names_in_another_order_are_other_content(admin: Api) -> None:
    names = [{"name": "a*", "model": "m"}, {"name": "*b", "model": "m", "provider": None}]
    body = {"prices": [price("m", "1")], "names": names}
    first = admin.send(CARDS, body, method="PUT", key="k")
    again = admin.send(CARDS, body, method="PUT", key="k")
    assert (again.headers["Idempotency-Replayed"], again.content) == ("true", first.content)
    other = admin.send(CARDS, body | {"names": names[::-1]}, method="PUT", key="k")
    problem(other, 422, "idempotency_key_reused", "Idempotency-Key")


def test_all_of_it_verifies(service: Served, admin: Api) -> None:
    put(admin, price("m", "1"), price("m", "2", provider="p"), names=[{"name": "n*", "model": "m"}])
    line = {"user": "ada", "model": "N-1", "input_tokens": 1}
    done(admin.send(USAGE, line | {"id": "a"}, key=None))
    done(admin.send(USAGE, line | {"id": "b", "provider": "P", "model": "m"}, key=None))
    report = verify(service.ends)
    assert report["prices"].wrong == 0, report.as_dict()
    assert report["prices"].checked > 1


def test_a_hold_of_nothing_is_listed_captured_released_and_verifies(
    service: Served, admin: Api
) -> None:
    put(admin, price("free", "0"))
    asked = {"user": "ada", "model": "free", "input_tokens": 9}
    first, second = (done(admin.send(HOLDS, asked)) for _ in range(2))
    assert (first["amount"], first["lots"], first["status"]) == ("0", [], "open")
    assert {each["id"] for each in done(admin.get(HOLDS))["data"]} == {first["id"], second["id"]}
    line = {"model": "free", "input_tokens": 7}
    captured = done(admin.send(f"{HOLDS}/{first['id']}/capture", line))
    assert (captured["transaction"]["amount"], captured["hold"]["status"]) == ("0", "captured")
    released = done(admin.send(f"{HOLDS}/{second['id']}/release"))
    assert released["status"] == "released"
    assert done(admin.get(HOLDS))["data"] == []
    listed = done(admin.get("/v1/billing/transactions", user="ada"))
    assert [each["amount"] for each in listed["data"]] == ["0"]
    assert admin.balance("ada")["available"] == "0"
    report = verify(service.ends)
    assert report.exit_code == 0, report.as_dict()
