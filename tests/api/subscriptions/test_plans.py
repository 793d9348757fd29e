"""Plans over HTTP: what holds is the org's, else the platform's, else the default; what is wrong is
named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.served import Api, Served, done

PLANS, ENTITLEMENTS = "/v1/billing/plans", "/v1/billing/entitlements"
PRO = {"id": "pro", "name": "Our Pro", "price": "30.00", "limits": {"requests": 7}}


def test_an_orgs_plan_comes_before_the_platforms_and_the_default(
    service: Served, admin: Api
) -> None:
    platform = service.operator_of("platform")
    before = {each["id"]: each for each in done(admin.get(PLANS))["data"]}
    assert before["free"]["version"] == 0
    assert before["enterprise"]["price"] is None
    done(platform.send(PLANS, {"id": "plus", "name": "Plus", "price": "5"}, method="PUT"))
    own = done(admin.send(PLANS, PRO, method="PUT"))
    assert (own["org"], own["version"], own["price"]) == (admin.org, 1, "30.00")
    after = {each["id"]: each for each in done(admin.get(PLANS))["data"]}
    assert (after["pro"], after["plus"]["org"]) == (own, "platform")


def test_who_has_no_subscription_has_the_free_plan(admin: Api) -> None:
    free = {"id": "free", "name": "Free", "price": "0", "entitlements": {"models": "small"}}
    done(admin.send(PLANS, free, method="PUT"))
    found = done(admin.get(ENTITLEMENTS, user="ada"))
    assert (found["user"], found["plan"], found["entitlements"]) == (
        "ada",
        "free",
        {"models": "small"},
    )


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("price", {"price": 1.5}),
        ("price", {"price": "1.005"}),
        ("price", {"price": "9" * 30}),
        ("interval", {"interval": "week"}),
        ("interval_count", {"interval_count": "1"}),
        ("currency", {"currency": 7}),
        ("entitlements", {"entitlements": []}),
        ("entitlements.x", {"entitlements": {"x": 1.5}}),
        ("entitlements.x", {"entitlements": {"x": None}}),
        ("limits.x", {"limits": {"x": True}}),
        ("id", {"id": 7}),
        ("trial", {"trial": 7}),
    ],
)
def test_what_is_wrong_is_named(admin: Api, field: str, fields: dict[str, Any]) -> None:
    answer = admin.send(PLANS, PRO | fields, method="PUT")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_the_same_amount_written_otherwise_is_the_same_plan(admin: Api) -> None:
    first = admin.send(PLANS, PRO, method="PUT", key="p")
    again = admin.send(PLANS, PRO | {"price": 30}, method="PUT", key="p")
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
