"""Coupons over HTTP: a preview is what then happens, a list says how often each is redeemed, and
what is wrong is named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.served import Api, Served, done
from tests.api.subscriptions.test_subscriptions import BILLING, SUBSCRIBE, shop

COUPONS = f"{BILLING}/coupons"
HALF = {"id": "HALF", "bps": 5_000, "periods": 2, "plans": ["terms"]}
__all__ = ["shop"]


def test_a_preview_with_a_coupon_moves_nothing_and_is_what_then_happens(
    service: Served, shop: Api
) -> None:
    made = done(shop.send(COUPONS, HALF, method="PUT"))
    assert (made["version"], made["redeemed"], made["name"]) == (1, 0, "HALF")
    asked = {"user": "ada", "plan": "terms", "coupon": "half"}
    before = service.events(shop.org)
    shown = done(shop.send(SUBSCRIBE, asked | {"preview": True}))["preview"]
    assert service.events(shop.org) == before
    assert (shown["amount"], shown["discount"], shown["total"]) == ("30.00", "15.00", "15.00")
    begun = done(shop.send(SUBSCRIBE, asked))["subscription"]
    assert (begun["held"]["price"], begun["renews"]) == ("15.00", "15.00")
    assert begun["coupon"] == {"id": "HALF", "version": 1, "periods_left": 1}
    invoice = done(shop.get(f"{BILLING}/invoices/{begun['owed'][0]['invoice']}"))
    assert invoice["bill"]["total"] == shown["total"]
    (listed,) = done(shop.get(COUPONS))["data"]
    assert listed == made | {"redeemed": 1}
    again = shop.send(SUBSCRIBE, asked | {"user": "bob"}, key="bob")
    assert again.status_code == 200
    assert done(shop.get(COUPONS))["data"][0]["redeemed"] == 2


def test_a_coupon_is_of_one_org_and_a_list_has_pages(service: Served, shop: Api) -> None:
    for name in ("A", "B", "C"):
        done(shop.send(COUPONS, {"id": name, "amount": "5", "currency": "usd"}, method="PUT"))
    first = done(shop.get(COUPONS, limit="2"))
    rest = done(shop.get(COUPONS, limit="2", cursor=first["next_cursor"]))
    found = [each["id"] for page in (first, rest) for each in page["data"]]
    assert (found, rest["next_cursor"]) == (["A", "B", "C"], None)
    member = service.issue(str(shop.org), "member", "bob")
    assert member.get(COUPONS).status_code == 403
    shown = done(member.send(SUBSCRIBE, {"plan": "terms", "coupon": "A", "preview": True}))
    assert shown["preview"]["total"] == "25.00"
    other = service.new_admin()
    assert done(other.get(COUPONS))["data"] == []
    answer = other.send(SUBSCRIBE, {"user": "ada", "plan": "pro", "coupon": "A"})
    assert (answer.status_code, answer.json()["field"]) == (404, "coupon")


@pytest.mark.parametrize("preview", [True, False])
def test_what_cannot_be_redeemed_is_named_also_in_a_preview(shop: Api, preview: bool) -> None:
    done(shop.send(COUPONS, HALF | {"redemptions_max": 0}, method="PUT"))
    for status, fields in (
        (404, {"coupon": "NONE"}),
        (409, {"coupon": "HALF"}),
        (422, {"coupon": 7}),
    ):
        body = {"user": "ada", "plan": "terms", "preview": preview} | fields
        answer = shop.send(SUBSCRIBE, body)
        assert (answer.status_code, answer.json()["field"]) == (status, "coupon")


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("id", {"id": "a b"}),
        ("bps", {"bps": 0}),
        ("bps", {"bps": None}),
        ("amount", {"bps": None, "amount": "1.005", "currency": "usd"}),
        ("currency", {"bps": None, "amount": "1"}),
        ("currency", {"currency": "xxx"}),
        ("periods", {"periods": 0}),
        ("periods", {"periods": "ever"}),
        ("periods", {"periods": True}),
        ("redemptions_max", {"redemptions_max": -1}),
        ("until", {"until": "tomorrow"}),
        ("plans", {"plans": ["pro", "pro"]}),
    ],
)
def test_what_is_wrong_is_named(shop: Api, field: str, fields: dict[str, Any]) -> None:
    answer = shop.send(COUPONS, HALF | fields, method="PUT")
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
