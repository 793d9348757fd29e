"""Prices over HTTP: published, read, quoted; and what is wrong is named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.served import Api, Served, done

PRICES, QUOTE = "/v1/prices", "/v1/orders/quote"
TIERS: list[dict[str, Any]] = [
    {"currency": "usd", "amount": "10.00", "until_units": 9},
    {"currency": "usd", "amount": "8.00", "from_units": 10, "until_units": 49},
    {"currency": "usd", "amount": 6, "from_units": 50},
    {"currency": "usd", "amount": "7.00", "group": "trade"},
    {"currency": "jpy", "amount": "1000"},
]
TENTH = {"name": "Winter", "kind": "percent", "bps": 1_000, "priority": 1}


def publish(api: Api, sku: str, prices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return done(api.send(f"{PRICES}/skus/{sku}", {"prices": prices}, method="PUT", **more))


def quoted(api: Api, *lines: tuple[str, int], **more: Any) -> dict[str, Any]:
    asked = {"currency": "usd", "lines": [{"sku": sku, "units": n} for sku, n in lines]}
    return done(api.send(QUOTE, asked | more, key=None))


def test_prices_are_published_read_and_quoted_by_their_version(service: Served, admin: Api) -> None:
    made = publish(admin, "mug", TIERS, key="same")
    assert (made["sku"], made["item"], made["version"]) == ("mug", None, 1)
    assert [each["amount"] for each in made["prices"]] == ["10.00", "8.00", "6.00", "7.00", "1000"]
    assert done(admin.get(f"{PRICES}/skus/mug")) == made
    again = admin.send(f"{PRICES}/skus/mug", {"prices": TIERS}, method="PUT", key="same")
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", made)
    before = service.events(admin.org)
    for units, total in ((9, "90.00"), (10, "80.00"), (50, "300.00")):
        assert quoted(admin, ("mug", units))["total"] == total
    assert quoted(admin, ("mug", 1), group="trade")["total"] == "7.00"
    assert quoted(admin, ("mug", 2), currency="jpy")["total"] == "2000"
    assert service.events(admin.org) == before
    assert publish(admin, "mug", [])["version"] == 2
    assert admin.send(QUOTE, {"currency": "usd", "lines": [{"sku": "mug"}]}).status_code == 422


def test_a_quote_says_every_step(admin: Api) -> None:
    publish(admin, "a", [{"currency": "usd", "amount": "10"}])
    done(admin.send(f"{PRICES}/modifiers/winter", TENTH, method="PUT"))
    off = {"name": "Off", "kind": "amount", "amount": "0.50", "currency": "usd"}
    done(admin.send(f"{PRICES}/modifiers/off", off, method="PUT"))
    (line,) = quoted(admin, ("a", 1))["lines"]
    assert [(e["kind"], e["of"], e["delta"], e["amount_after"]) for e in line["steps"]] == [
        ("base_price", "a", "10.00", "10.00"),
        ("modifier", "winter", "-1.00", "9.00"),
        ("modifier", "off", "-0.50", "8.50"),
    ]
    assert (line["total"], line["unit_price"], line["price_version"]) == ("8.50", "10.00", 1)
    listed = done(admin.get(f"{PRICES}/modifiers"))["data"]
    assert [each["id"] for each in listed] == ["winter", "off"]
    done(admin.send(f"{PRICES}/modifiers/off", method="DELETE"))
    assert quoted(admin, ("a", 1))["total"] == "9.00"
    assert admin.send(f"{PRICES}/modifiers/off", method="DELETE").status_code == 404


def test_a_price_of_an_item_is_for_variants_without_their_own(admin: Api) -> None:
    body = {"prices": [{"currency": "usd", "amount": "5"}]}
    made = done(admin.send(f"{PRICES}/items/shirt", body, method="PUT"))
    assert (made["sku"], made["item"]) == (None, "shirt")
    assert done(admin.get(f"{PRICES}/items/shirt")) == made
    publish(admin, "shirt-red", [{"currency": "usd", "amount": "6"}])
    lines = [{"sku": sku, "item": "shirt"} for sku in ("shirt-red", "shirt-blue")]
    found = done(admin.send(QUOTE, {"currency": "usd", "lines": lines}, key=None))
    assert [each["unit_price"] for each in found["lines"]] == ["6.00", "5.00"]


def test_the_policy_is_recorded_with_a_quote(admin: Api) -> None:
    assert done(admin.get(f"{PRICES}/policy")) == {"stacking": "sequential"}
    set_ = {"stacking": "best_only"}
    assert done(admin.send(f"{PRICES}/policy", set_, method="PUT")) == set_
    publish(admin, "a", [{"currency": "usd", "amount": "0"}])
    found = quoted(admin, ("a", 3))
    assert (found["stacking"], found["total"]) == ("best_only", "0.00")


def test_a_list_has_pages_and_prices_are_of_one_org(service: Served, admin: Api) -> None:
    for sku in ("b", "a", "c"):
        publish(admin, sku, [{"currency": "usd", "amount": "1"}])
    first = done(admin.get(PRICES, limit="2"))
    rest = done(admin.get(PRICES, limit="2", cursor=first["next_cursor"]))
    assert [e["sku"] for page in (first, rest) for e in page["data"]] == ["a", "b", "c"]
    assert rest["next_cursor"] is None
    other = service.new_admin()
    assert (done(other.get(PRICES))["data"], other.get(f"{PRICES}/skus/a").status_code) == ([], 404)
    member = service.issue(str(admin.org), "member", "mia")
    assert member.get(PRICES).status_code == 403
    assert quoted(member, ("a", 1))["total"] == "1.00"


@pytest.mark.parametrize(
    ("field", "prices"),
    [
        ("prices.0.amount", [{"currency": "usd", "amount": "1.005"}]),
        ("prices.0.amount", [{"currency": "usd", "amount": 1.5}]),
        ("prices.0.amount", [{"currency": "usd", "amount": "9" * 17}]),
        ("prices.0.amount", [{"currency": "usd", "amount": "-1"}]),
        ("prices.0.currency", [{"currency": "credit", "amount": 1}]),
        ("prices.0.currency", [{"currency": "xxx", "amount": 1}]),
        ("prices.0.until_units", [{**TIERS[1], "until_units": 9}]),
        ("prices.0.from_units", [{**TIERS[1], "from_units": 0}]),
        ("prices.1", [TIERS[0], TIERS[0]]),
        ("prices.0.group", [{**TIERS[0], "group": "a\u202eb"}]),
        ("prices", [{"currency": "usd", "amount": 1}] * 101),
    ],
)
def test_what_is_wrong_with_prices_is_named(
    admin: Api, field: str, prices: list[dict[str, Any]]
) -> None:
    answer = admin.send(f"{PRICES}/skus/x", {"prices": prices}, method="PUT")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("bps", {"bps": None}),
        ("bps", {"bps": 10_001}),
        ("amount", {"amount": "1", "currency": "usd"}),
        ("currency", {"amount": "1"}),
        ("amount", {"kind": "override", "bps": None}),
        ("amount", {"kind": "amount", "bps": None, "amount": "0", "currency": "usd"}),
        ("kind", {"kind": "gift"}),
        ("skus.1", {"skus": ["a", "b c"]}),
        ("skus", {"skus": ["a", "a"]}),
        ("ends_at", {"starts_at": "2026-02-02T00:00:00Z", "ends_at": "2026-02-02T00:00:00Z"}),
    ],
)
def test_what_is_wrong_with_a_modifier_is_named(
    admin: Api, field: str, fields: dict[str, Any]
) -> None:
    answer = admin.send(f"{PRICES}/modifiers/winter", TENTH | fields, method="PUT")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("lines.1.sku", {"lines": [{"sku": "a"}, {"sku": "none"}]}),
        ("lines.0.sku", {"currency": "eur"}),
        ("lines.0.units", {"lines": [{"sku": "a", "units": 0}]}),
        ("lines.0.units", {"lines": [{"sku": "dear", "units": 10**9}]}),
        ("lines", {"lines": []}),
        ("lines", {"lines": [{"sku": "a"}] * 251}),
        ("currency", {"currency": None}),
    ],
)
def test_what_is_wrong_with_a_quote_is_named(
    priced: Api, field: str, fields: dict[str, Any]
) -> None:
    answer = priced.send(QUOTE, {"currency": "usd", "lines": [{"sku": "a"}]} | fields, key=None)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.fixture(scope="module")
def priced(service: Served) -> Api:
    """An admin of an org with prices, one of them the largest."""
    api = service.new_admin()
    publish(api, "a", [{"currency": "usd", "amount": 1}])
    publish(api, "dear", [{"currency": "usd", "amount": "10000000000"}])
    return api


def test_what_the_catalogue_knows_need_not_be_sent_and_cannot_be_otherwise(admin: Api) -> None:
    catalogue = "/v1/catalogue"
    done(admin.send(f"{catalogue}/item-types/mugs", {"kind": "physical"}, method="PUT"))
    body = {"type": "mugs", "slug": "cup", "texts": {"en": {"title": "A cup"}}}
    item = done(admin.send(f"{catalogue}/items", body))["id"]
    one = f"{catalogue}/items/{item}"
    done(admin.send(f"{one}/variants", {"variants": [{"sku": "cup-1"}]}, method="PUT"))
    prices = {"prices": [{"currency": "usd", "amount": "5"}]}
    done(admin.send(f"{PRICES}/items/{item}", prices, method="PUT"))
    off = TENTH | {"item_types": ["mugs"]}
    done(admin.send(f"{PRICES}/modifiers/mugs", off, method="PUT"))
    asked = {"currency": "usd", "lines": [{"sku": "cup-1"}]}
    draft = admin.send(QUOTE, asked, key=None)
    assert (draft.status_code, draft.json()["field"]) == (422, "lines.0.sku")
    done(admin.send(f"{one}/publish"))
    (line,) = done(admin.send(QUOTE, asked, key=None))["lines"]
    assert (line["item"], line["unit_price"], line["total"]) == (item, "5.00", "4.50")
    other = {"currency": "usd", "lines": [{"sku": "cup-1", "item_type": "plates"}]}
    said = admin.send(QUOTE, other, key=None)
    assert (said.status_code, said.json()["field"]) == (422, "lines.0.item_type")
