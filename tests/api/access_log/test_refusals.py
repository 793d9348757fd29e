"""Who was refused what: every 401 and 403 is in the access log, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.api.problems import problem
from tests.api.served import OPERATOR_KEY, Api, Json, Served, done

REFUSALS = "/v1/audit/refusals"
USAGE = "/v1/billing/usage"


def listed(caller: Api, **query: Any) -> list[Json]:
    """All refusals a caller sees, oldest first."""
    return list(done(caller.get(REFUSALS, limit=1000, order="asc", **query))["data"])


@pytest.fixture
def platform(service: Served) -> Api:
    return service.operator_of("platform")


@pytest.fixture
def auditor(service: Served, admin: Api) -> Api:
    return service.issue(str(admin.org), "auditor", subject="aud")


def test_a_refused_role_is_named_with_its_key_request_and_origin(
    service: Served, admin: Api, auditor: Api
) -> None:
    key = done(admin.get(f"/v1/orgs/{admin.org}/api-keys"))["data"]
    (of_auditor,) = [each["id"] for each in key if each["role"] == "auditor"]
    auditor.headers |= {"X-Request-Id": "try 1", "User-Agent": "curious/1.0"}
    problem(
        auditor.send("/v1/billing/deposits", {"user": "a", "amount": 1}), 403, "forbidden", None
    )
    auditor.headers["X-Request-Id"] = "try 2"
    problem(auditor.use("ada", "1"), 403, "forbidden", None)  # the fast path
    first, second = listed(auditor)
    assert first | {"hash": "", "recorded_at": "", "first_at": "", "last_at": ""} == {
        "sequence": 1,
        "hash": "",
        "recorded_at": "",
        "first_at": "",
        "last_at": "",
        "times": 1,
        "code": "forbidden",
        "detail": "the role auditor may not deposits:write.",
        "method": "POST",
        "path": "/v1/billing/deposits",
        "subject": "aud",
        "key_id": of_auditor,
        "request_id": "try 1",
        "origin": {"address": "127.0.0.1", "agent": "curious/1.0", "erased": False},
    }
    assert first["first_at"] == first["last_at"] <= first["recorded_at"]
    assert (second["path"], second["request_id"]) == (USAGE, "try 2")
    assert listed(admin) == [first, second]
    assert listed(service.operator_of(str(admin.org))) == [first, second]
    service.erase_texts(str(admin.org))
    erased = {"address": None, "agent": None, "erased": True}
    assert [each["origin"] for each in listed(admin)] == [erased, erased]


def test_what_is_hidden_as_not_found_is_noted_with_its_reason(service: Served, admin: Api) -> None:
    other = service.new_org()
    problem(admin.get(f"/v1/orgs/{other}"), 404, "not_found", "org")
    problem(admin.get("/v1/orgs/no-such"), 404, "not_found", "org")
    (entry,) = listed(admin)
    assert (entry["code"], entry["path"], entry["times"]) == ("forbidden", "/v1/orgs/{org}", 2)
    assert "another org" in entry["detail"]


def test_naming_an_org_and_looking_at_others_are_noted(service: Served, admin: Api) -> None:
    org = str(admin.org)
    named = Api(admin.http, admin.secret, org, x_org=org)
    problem(named.get("/v1/billing/balance"), 403, "forbidden", "X-Org")
    member = service.issue(org, "member", subject="mia")
    problem(member.get("/v1/billing/balance", user="ada"), 403, "forbidden", "user")
    problem(member.get(REFUSALS), 403, "forbidden", None)
    issued = {"name": "x", "role": "operator"}
    problem(admin.send(f"/v1/orgs/{org}/api-keys", issued), 403, "forbidden", "role")
    entries = listed(admin)
    assert [each["subject"] for each in entries] == ["@service", "mia", "mia", "@service"]
    assert [each["times"] for each in entries] == [1] * 4


def test_an_unknown_secret_is_noted_under_the_platform_and_never_stored(
    service: Served, platform: Api
) -> None:
    secret = "tally_live_a-secret-that-is-not-ours"
    before = listed(platform)
    stranger = service.as_holder_of(secret)
    stranger.headers |= {"User-Agent": "guesser/9", "X-Request-Id": "guess"}
    problem(stranger.get("/v1/billing/balance"), 401, "unauthenticated", "Authorization")
    nobody = service.as_holder_of(None)
    problem(nobody.use("ada", "1"), 401, "unauthenticated", "Authorization")
    made = listed(platform)[len(before) :]
    assert [(each["code"], each["path"]) for each in made] == [
        ("unauthenticated", "/v1/billing/balance"),
        ("unauthenticated", USAGE),
    ]
    assert all(each["subject"] is each["key_id"] is None for each in made)
    assert made[0]["origin"]["agent"] == "guesser/9"
    with psycopg.connect(service.ends.database.owner) as connection:
        rows = connection.execute(
            "SELECT to_json(l)::text FROM tally.access_log l UNION ALL "
            "SELECT to_json(t)::text FROM tally.texts t"
        ).fetchall()
    assert len(rows) >= 2
    assert not [row for row in rows if "a-secret-that" in row[0] or OPERATOR_KEY in row[0]]


def test_a_revoked_key_is_noted_in_its_org(service: Served, admin: Api, platform: Api) -> None:
    path = f"/v1/orgs/{admin.org}/api-keys"
    body = {"name": "old", "role": "member", "subject": "mia"}
    issued = done(admin.send(path, body))
    done(admin.send(f"{path}/{issued['id']}", method="DELETE"))
    before = listed(platform)
    answer = service.as_holder_of(issued["secret"]).get("/v1/billing/balance")
    problem(answer, 401, "unauthenticated", "Authorization")
    (entry,) = listed(admin)
    assert (entry["key_id"], entry["subject"]) == (issued["id"], "mia")
    assert entry["code"] == "unauthenticated"
    assert listed(platform) == before


def test_what_is_alike_is_counted_and_none_is_lost(service: Served, admin: Api) -> None:
    gateway = service.issue(str(admin.org), "gateway")
    for _ in range(40):
        gateway.get("/v1/billing/statement", period="2026-02")
    entries = listed(admin)
    assert sum(each["times"] for each in entries) == 40
    assert len(entries) < 10


@pytest.mark.reaches("insufficient_credits")
def test_other_answers_are_not_in_the_access_log(service: Served, admin: Api) -> None:
    admin.deposit("ada", "1")
    use = admin.use("ada", "5", on_shortfall="reject")
    problem(use, 402, "insufficient_credits", None)
    problem(admin.get("/v1/billing/balance", asset="gold"), 422, "invalid", "asset")
    problem(admin.get("/v1/nothing"), 404, "no_such_route", None)
    problem(admin.get("/v1/audit/events/999"), 404, "not_found", "sequence")
    assert listed(admin) == []
    assert service.operator_of("no-such").get(REFUSALS).status_code == 404


@pytest.fixture
def six(service: Served, admin: Api) -> list[Json]:
    """Six entries of two people."""
    for turn in range(3):
        for subject in ("mia", "zoe"):
            member = service.issue(str(admin.org), "member", subject=subject)
            member.headers["X-Request-Id"] = f"{subject} {turn}"
            member.get(("/v1/orgs", "/v1/billing/caps", "/v1/billing/alerts")[turn])
    entries = listed(admin)
    assert len(entries) == 6
    return entries


def test_pages_are_whole_in_both_orders_and_do_not_move(admin: Api, six: list[Json]) -> None:
    for order, whole in (("asc", six), ("desc", six[::-1])):
        seen: list[Json] = []
        cursor: dict[str, str] = {}
        while True:
            page = done(admin.get(REFUSALS, order=order, limit=4, **cursor))
            assert page["as_of_sequence"] >= 6
            seen += page["data"]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == whole


def test_filters_leave_exactly_what_they_say(service: Served, admin: Api, six: list[Json]) -> None:
    assert listed(admin, subject="mia") == six[0::2]
    assert listed(admin, key_id=six[3]["key_id"]) == [six[3]]
    assert listed(admin, request_id="zoe 2") == [six[5]]
    assert listed(admin, code="forbidden") == six
    assert listed(admin, code="unauthenticated") == []
    at = {"from_": six[1]["first_at"], "to": six[4]["first_at"]}
    assert listed(admin, **at) == six[1:4]


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"code": "not_found"}, "invalid", "code"),
        ({"subject": ""}, "invalid", "subject"),
        ({"key_id": "a\0"}, "invalid", "key_id"),
        ({"request_id": "x" * 256}, "invalid", "request_id"),
        ({"from": "today"}, "invalid", "from"),
        ({"to": "1"}, "invalid", "to"),
        ({"order": "up"}, "invalid", "order"),
        ({"limit": "0"}, "invalid", "limit"),
        ({"cursor": "x"}, "invalid_cursor", "cursor"),
        ({"as_of": "1"}, "invalid", "as_of"),
        ({"user": "ada"}, "invalid", "user"),
    ],
)
def test_a_bad_query_is_named(admin: Api, query: dict[str, str], code: str, field: str) -> None:
    problem(admin.http.get(REFUSALS, params=query, headers=admin.headers), 422, code, field)


def test_an_org_sees_its_own_refusals_only(service: Served, admin: Api, six: list[Json]) -> None:
    other = service.new_admin()
    assert listed(other) == []
    cursor = done(admin.get(REFUSALS, limit=1))["next_cursor"]
    done(admin.get(REFUSALS, limit=1, cursor=cursor))
    for answer in (
        other.get(REFUSALS, cursor=cursor),
        admin.get(REFUSALS, cursor=cursor, order="asc"),
        admin.get("/v1/audit/events", cursor=cursor),
    ):
        problem(answer, 422, "invalid_cursor", "cursor")
    for role in ("billing", "gateway", "member"):
        caller = service.issue(str(other.org), role, subject="x")
        problem(caller.get(REFUSALS), 403, "forbidden", None)
    assert json.dumps(listed(other)).count("audit:read") == 3
    problem(service.operator.get(REFUSALS), 400, "missing_input", "X-Org")
