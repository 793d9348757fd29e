"""Spend caps over HTTP: put in force, counted, refused at, alerted at."""

from __future__ import annotations

from typing import Any

from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

CAPS, ALERTS = "/v1/billing/caps", "/v1/billing/alerts"
MONTH: Json = {"id": "all", "limit": "100", "period": "month", "thresholds": [50, 100]}
EACH: Json = {"id": "each", "limit": 10, "period": "day", "hard": True, "scope": {"user": "*"}}


def put(admin: Api, *caps: Json, **more: Any) -> Json:
    return done(admin.send(CAPS, {"caps": list(caps)}, method="PUT", **more))


def test_caps_are_replaced_as_a_list_and_show_what_they_counted(admin: Api) -> None:
    first = put(admin, MONTH, EACH, key="k")
    assert [cap["id"] for cap in first["caps"]] == ["all", "each"]
    assert first["caps"][1]["thresholds"] == [100]
    done(admin.use("ada", "7"))
    done(admin.use("bob", "0.5"))
    month, each = done(admin.get(CAPS))["data"]
    assert month["counters"] == [{"values": [], "spent": "7.5", "remaining": "92.5"}]
    assert month["window_from"].endswith("-01T00:00:00.000000Z")
    assert each["counters"] == [
        {"values": ["ada"], "spent": "7", "remaining": "3"},
        {"values": ["bob"], "spent": "0.5", "remaining": "9.5"},
    ]
    assert each["more_counters"] is False
    again = put(admin, MONTH | {"limit": "100.00"}, EACH, key="k")
    assert again == first
    assert put(admin)["caps"] == []
    assert done(admin.get(CAPS))["data"] == []


def test_a_hard_cap_refuses_admissions_and_a_fact_is_still_charged(
    service: Served, admin: Api
) -> None:
    admin.deposit("ada", "100")
    put(admin, EACH)
    done(admin.use("ada", "8"))
    before = service.events(admin.org)
    refused = admin.send("/v1/billing/holds", {"user": "ada", "amount": 3})
    facts = problem(refused, 402, "cap_exceeded", None)
    assert (facts["cap"], facts["available"], facts["missing"]) == ("each", "2", "1")
    assert "billing_url" in facts
    problem(admin.use("ada", "3", on_shortfall="reject"), 402, "cap_exceeded", None)
    assert service.events(admin.org) == before
    done(admin.use("ada", "3"))


def test_alerts_are_listed_newest_first(service: Served, admin: Api) -> None:
    put(admin, MONTH, EACH)
    for _ in range(3):
        done(admin.use("ada", "20"))
    done(admin.use("bob", "40"))
    listed = done(admin.get(ALERTS))["data"]
    said = [(each["cap"], each["values"], each["percent"]) for each in listed]
    assert said == [
        ("each", ["bob"], 100),
        ("all", [], 100),
        ("all", [], 50),
        ("each", ["ada"], 100),
    ]
    assert (listed[2]["spent"], listed[2]["limit"]) == ("60", "100")
    seen: list[Json] = []
    page = done(admin.get(ALERTS, limit=3))
    seen += page["data"]
    page = done(admin.get(ALERTS, limit=3, cursor=page["next_cursor"]))
    assert seen + page["data"] == listed
    assert done(service.new_admin().get(ALERTS))["data"] == []


def test_a_cap_below_what_is_spent_is_refused(service: Served, admin: Api) -> None:
    put(admin, MONTH)
    done(admin.use("ada", "20"))
    before = service.events(admin.org)
    body = {"caps": [MONTH | {"limit": "19"}]}
    problem(admin.send(CAPS, body, method="PUT"), 422, "invalid", "caps.0.limit")
    body = {"caps": [MONTH | {"period": "day"}]}
    problem(admin.send(CAPS, body, method="PUT"), 422, "invalid", "caps.0.id")
    assert service.events(admin.org) == before
