"""Subscriptions over HTTP: a preview moves nothing and is what then happens; entitlements change in
the same commit; what is wrong is named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.served import Api, Served, done
from tests.api.subscriptions.story import SELLER

BILLING = "/v1/billing"
PLANS = f"{BILLING}/plans"
SUBSCRIBE, NOW = f"{BILLING}/subscribe", f"{BILLING}/subscription"
TERMS = {"id": "terms", "name": "Terms", "price": "30.00", "net_days": 14, "credits_included": "7"}


@pytest.fixture
def shop(admin: Api) -> Api:
    """An org that sells a plan that is paid by invoice."""
    done(admin.send(f"{BILLING}/invoice-settings", SELLER, method="PUT"))
    done(admin.send(f"{BILLING}/plans", TERMS, method="PUT"))
    done(admin.send(f"{BILLING}/plans", TERMS | {"id": "more", "price": "60"}, method="PUT"))
    return admin


def test_a_preview_moves_nothing_and_is_what_then_happens(service: Served, shop: Api) -> None:
    asked = {"user": "ada", "plan": "terms"}
    before = service.events(shop.org)
    shown = done(shop.send(SUBSCRIBE, asked | {"preview": True}))
    assert service.events(shop.org) == before
    assert (shown["subscription"], shown["preview"]["total"]) == (None, "30.00")
    begun = done(shop.send(SUBSCRIBE, asked))["subscription"]
    assert (begun["status"], begun["held"]["plan"]) == ("active", "terms")
    assert begun["period_end"][:10] == shown["preview"]["period_end"][:10]
    (owed,) = begun["owed"]
    invoice = done(shop.get(f"{BILLING}/invoices/{owed['invoice']}"))
    assert invoice["bill"]["total"] == shown["preview"]["total"]


def test_a_preview_of_a_change_is_refused_as_the_change_is(service: Served, shop: Api) -> None:
    done(shop.send(SUBSCRIBE, {"user": "ada", "plan": "terms"}))
    done(shop.send(PLANS, TERMS | {"id": "yearly", "interval": "year"}, method="PUT"))
    before = service.events(shop.org)
    other = {"user": "ada", "plan": "yearly", "at": "now"}
    answers = [shop.send(SUBSCRIBE, other | {"preview": each}) for each in (True, False)]
    assert [each.status_code for each in answers] == [422, 422]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert service.events(shop.org) == before


def test_a_preview_of_less_at_once_is_what_is_then_taken_back(service: Served, shop: Api) -> None:
    begun = done(shop.send(SUBSCRIBE, {"user": "ada", "plan": "more"}))["subscription"]
    before = service.events(shop.org)
    less = {"user": "ada", "plan": "terms", "at": "now"}
    shown = done(shop.send(SUBSCRIBE, less | {"preview": True}))["preview"]
    assert service.events(shop.org) == before
    assert (shown["at_once"], shown["total"], shown["credited"]) == (True, "0.00", "30.00")
    now = done(shop.send(SUBSCRIBE, less))["subscription"]
    assert (now["held"]["plan"], len(now["owed"])) == ("terms", 1)
    invoice = done(shop.get(f"{BILLING}/invoices/{begun['owed'][0]['invoice']}"))
    assert [note["total"] for note in invoice["credit_notes"]] == [shown["credited"]]
    more = done(shop.send(SUBSCRIBE, {"user": "ada", "plan": "more"}))["subscription"]
    assert (more["held"]["plan"], len(more["owed"])) == ("more", 2)  # there is time to pay


def test_a_policy_is_what_was_sent_and_the_default_else(service: Served, shop: Api) -> None:
    path = f"{BILLING}/subscription-policy"
    default = {"credits_at_once": False, "retry_days": [3, 5, 7], "end_days": 14}
    default |= {"interim_credits": None}
    assert done(shop.get(path)) == default
    changed = {"credits_at_once": True, "retry_days": [1], "end_days": 2, "interim_credits": "7"}
    assert done(shop.send(path, changed, method="PUT")) == done(shop.get(path)) == changed
    assert done(shop.send(path, {"end_days": 9}, method="PUT")) == default | {"end_days": 9}
    for field, fields in (
        ("retry_days", {"retry_days": [4, 4]}),
        ("retry_days.0", {"retry_days": [0]}),
        ("end_days", {"end_days": 3}),
        ("credits_at_once", {"credits_at_once": "yes"}),
        ("interim_credits", {"interim_credits": "0"}),
        ("interim_credits", {"interim_credits": 1.5}),
    ):
        answer = shop.send(path, fields, method="PUT")
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    member = service.issue(str(shop.org), "billing")
    assert member.send(path, changed, method="PUT").status_code == 403


def test_entitlements_are_those_of_what_is_held(shop: Api) -> None:
    path = f"{BILLING}/entitlements"
    assert done(shop.get(path, user="ada"))["plan"] == "free"
    done(shop.send(SUBSCRIBE, {"user": "ada", "plan": "terms"}))
    found = done(shop.get(path, user="ada"))
    assert (found["plan"], found["status"]) == ("terms", "active")
    done(shop.send(SUBSCRIBE, {"user": "ada", "at": "now"}, method="DELETE"))
    assert done(shop.get(path, user="ada"))["plan"] == "free"
    assert done(shop.get(NOW, user="ada"))["end"] == "canceled"


def test_a_list_is_paged_by_payer_and_narrowed(service: Served, shop: Api) -> None:
    for user in ("ada", "bob", "eve"):
        done(shop.send(SUBSCRIBE, {"user": user, "plan": "terms"}))
    path = f"{BILLING}/subscriptions"
    first = done(shop.get(path, limit="2"))
    assert [each["user"] for each in first["data"]] == ["ada", "bob"]
    rest = done(shop.get(path, limit="2", cursor=first["next_cursor"]))
    assert ([each["user"] for each in rest["data"]], rest["next_cursor"]) == (["eve"], None)
    assert done(shop.get(path, status="ended"))["data"] == []
    member = service.issue(str(shop.org), "member", "bob")
    assert [each["user"] for each in done(member.get(path))["data"]] == ["bob"]
    assert shop.get(path, status="over").status_code == 422


@pytest.mark.parametrize(
    ("status", "field", "fields"),
    [
        (404, "plan", {"plan": "no-such"}),
        (422, "plan", {"plan": 7}),
        (422, "seats", {"seats": 0}),
        (422, "seats", {"seats": 2}),
        (422, "at", {"at": "later"}),
        (422, "identity", {"identity": "short"}),
        (422, "payment_method", {"plan": "pro"}),
        (422, "plan", {"plan": "enterprise", "user": "@pool"}),
        (404, "coupon", {"coupon": "x"}),
        (422, "coupon", {"coupon": 7}),
    ],
)
def test_what_is_wrong_is_named_also_in_a_preview(
    shop: Api, status: int, field: str, fields: dict[str, Any]
) -> None:
    for preview in (True, False):
        body = {"user": "ada", "plan": "terms", "preview": preview} | fields
        answer = shop.send(SUBSCRIBE, body)
        if preview and field == "payment_method":
            assert answer.status_code == 200  # what it comes to can be asked without one
            continue
        assert (answer.status_code, answer.json()["field"]) == (status, field)


def test_a_balance_says_what_came_with_the_period_and_what_is_left_of_it(shop: Api) -> None:
    done(shop.send(SUBSCRIBE, {"user": "ada", "plan": "free"}))
    shop.deposit("ada", "5")
    done(shop.use("ada", "2.5"))
    found = shop.balance("ada")
    names = ("tier", "credits_included", "credits_used", "credits_remaining")
    assert [found[name] for name in names] == ["free", "1000", "2.5", "997.5"]
    now = done(shop.get(NOW, user="ada"))
    assert (found["period_start"], found["period_end"]) == (now["period_start"], now["period_end"])
    assert shop.balance("bob")["tier"] is None
