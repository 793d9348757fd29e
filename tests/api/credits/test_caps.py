"""Spend caps over HTTP: put in force, counted, refused at, alerted at."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

CAPS, ALERTS, HOLDS = "/v1/billing/caps", "/v1/billing/alerts", "/v1/billing/holds"
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
    assert month["counters"] == [
        {"values": [], "spent": "7.5", "held": "0", "available": "92.5"},
    ]
    assert month["window_from"].endswith("-01T00:00:00.000000Z")
    assert each["counters"] == [
        {"values": ["ada"], "spent": "7", "held": "0", "available": "3"},
        {"values": ["bob"], "spent": "0.5", "held": "0", "available": "9.5"},
    ]
    assert each["more_counters"] is False
    again = put(admin, MONTH | {"limit": "100.00"}, EACH, key="k")
    assert again == first
    assert put(admin)["caps"] == []
    assert done(admin.get(CAPS))["data"] == []


@pytest.mark.reaches("cap_exceeded")
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


def test_a_limit_may_be_set_below_what_is_spent(service: Served, admin: Api) -> None:
    hard = MONTH | {"hard": True}
    admin.deposit("ada", "100")
    put(admin, hard)
    done(admin.use("ada", "20"))
    put(admin, hard | {"limit": "19"})
    (shown,) = done(admin.get(CAPS))["data"][0]["counters"]
    assert shown == {"values": [], "spent": "20", "held": "0", "available": "0"}
    facts = problem(admin.send(HOLDS, {"user": "ada", "amount": 1}), 402, "cap_exceeded", None)
    assert (facts["available"], facts["missing"]) == ("0", "2"), "a limit of 21 admits it"
    put(admin, hard | {"limit": "21"})
    admin.hold("ada", "1")


def test_a_cap_keeps_its_scope_and_period(service: Served, admin: Api) -> None:
    put(admin, MONTH)
    before = service.events(admin.org)
    body = {"caps": [MONTH | {"period": "day"}]}
    problem(admin.send(CAPS, body, method="PUT"), 422, "invalid", "caps.0.id")
    assert service.events(admin.org) == before


def test_holds_are_capped_by_their_labels_and_show_them(admin: Api) -> None:
    admin.deposit("ada", "1000")
    scopes = ("project", "service", "provider", "model")
    caps = [EACH | {"id": each, "limit": 100, "scope": {each: "x"}} for each in scopes]
    put(admin, *caps)
    labels = dict.fromkeys(scopes, "x")
    hold = done(admin.send(HOLDS, {"user": "ada", "amount": 60, **labels}))
    assert {each: hold[each] for each in scopes} == labels
    for place, each in enumerate(scopes):
        refused = admin.send(HOLDS, {"user": "ada", "amount": 60, each: "x"})
        facts = problem(refused, 402, "cap_exceeded", None)
        assert (facts["cap"], facts["available"], facts["missing"]) == (each, "40", "20")
        (shown,) = done(admin.get(CAPS))["data"][place]["counters"]
        assert (shown["spent"], shown["held"], shown["available"]) == ("0", "60", "40")
    longer = done(admin.send(f"{HOLDS}/{hold['id']}/extend", {"expires_in": 3600}))
    assert longer["project"] == "x"
    for found in (done(admin.get(f"{HOLDS}/{hold['id']}")), done(admin.get(HOLDS))["data"][0]):
        assert {each: found[each] for each in scopes} == labels
    capture: Json = {"amount": 50, "project": "other"}
    captured = done(admin.send(f"{HOLDS}/{hold['id']}/capture", capture))
    assert captured["hold"]["project"] == "x"
    shown = [done(admin.get(CAPS))["data"][place]["counters"] for place in range(4)]
    spent = [(each[0]["spent"], each[0]["held"]) for each in shown]
    assert spent == [("0", "0"), ("50", "0"), ("50", "0"), ("50", "0")]


def test_a_release_gives_room_and_a_reversal_too(admin: Api) -> None:
    admin.deposit("ada", "1000")
    put(admin, EACH | {"limit": 100})
    ask: Json = {"user": "ada", "amount": 60}
    hold = done(admin.send(HOLDS, ask))
    problem(admin.send(HOLDS, ask), 402, "cap_exceeded", None)
    done(admin.send(f"{HOLDS}/{hold['id']}/release"))
    line = done(admin.use("ada", "60"))
    problem(admin.send(HOLDS, ask), 402, "cap_exceeded", None)
    done(admin.send(f"/v1/billing/transactions/{line['id']}/reverse", {"reason": "wrong"}))
    done(admin.send(HOLDS, ask))
