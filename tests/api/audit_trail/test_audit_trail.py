"""The audit trail: who did what, whole and in order, for those who may ask."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from api.queries import spans
from ledger.kernel.times import format_time
from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

EVENTS = "/v1/audit/events"


def stored(service: Served, org: str) -> list[dict[str, Any]]:
    """The rows of an org's events, in order."""
    with psycopg.connect(service.ends.database.owner, row_factory=dict_row) as connection:
        return connection.execute(
            "SELECT * FROM tally.events WHERE org = %s ORDER BY sequence", [org]
        ).fetchall()


def walk(caller: Api, limit: int, **query: Any) -> list[Json]:
    """All pages of a list."""
    seen: list[Json] = []
    page = done(caller.get(EVENTS, limit=limit, **query))
    while True:
        seen += page["data"]
        if page["next_cursor"] is None:
            return seen
        page = done(caller.get(EVENTS, limit=limit, cursor=page["next_cursor"], **query))


def sequences(listed: list[Json]) -> list[int]:
    return [each["sequence"] for each in listed]


@pytest.fixture
def auditor(service: Served, admin: Api) -> Api:
    return service.issue(str(admin.org), "auditor", subject="aud")


def test_every_event_says_what_who_when_and_from_where(
    service: Served, admin: Api, auditor: Api
) -> None:
    admin.headers |= {"X-Request-Id": 'request "7"', "User-Agent": "gate/1.0"}
    done(admin.send("/v1/billing/deposits", {"user": "a/b", "amount": 5}, key="my key"))
    rows = stored(service, str(admin.org))
    listed = done(auditor.get(EVENTS, order="asc"))
    assert listed["as_of_sequence"] == len(rows)
    for row, event in zip(rows, listed["data"], strict=True):
        assert event["sequence"] == row["sequence"]
        assert event["hash"] == row["hash"].hex()
        assert (event["type"], event["stream"]) == (row["type"], row["stream"])
        assert event["recorded_at"] == format_time(row["recorded_us"])
        body = json.loads(row["body"])
        body.pop("secret_hash", None)
        assert event["body"] == body
        assert "position" not in event
    last = listed["data"][-1]
    key = json.loads(rows[-1]["actor"])["key"]
    assert last["type"] == "credits.CreditsDeposited"
    assert last["wallet"] == {"owner": "a/b", "asset": "credit"}
    assert last["actor"] == {"subject": "@service", "key_id": key, "request_id": 'request "7"'}
    assert last["origin"] == {"address": "127.0.0.1", "agent": "gate/1.0", "erased": False}
    assert last["idempotency_key"] == "my key"
    assert listed["data"][0]["wallet"] is None
    assert listed["data"][0]["idempotency_key"] is None
    assert done(auditor.get(f"{EVENTS}/{last['sequence']}")) == last


def test_no_hash_of_a_secret_is_shown(auditor: Api) -> None:
    issued = [each for each in walk(auditor, 100) if each["type"] == "tenancy.ApiKeyIssued"]
    assert len(issued) == 2
    assert all("secret_hash" not in json.dumps(each) for each in issued)
    assert {each["body"]["role"] for each in issued} == {"admin", "auditor"}


def test_an_erased_origin_is_said_to_be_erased(service: Served, admin: Api, auditor: Api) -> None:
    admin.deposit("ada", "1")
    service.erase_texts(str(admin.org))
    (last,) = done(auditor.get(EVENTS, limit=1))["data"]
    assert last["origin"] == {"address": None, "agent": None, "erased": True}


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_are_whole_and_of_one_moment(admin: Api, order: str) -> None:
    for n in range(7):
        admin.deposit("ada", str(n + 1))
    whole = done(admin.get(EVENTS, order=order, limit=1000))["data"]
    assert sequences(whole) == sorted(sequences(whole), reverse=order == "desc")
    seen: list[Json] = []
    cursor: dict[str, str] = {}
    while True:
        page = done(admin.get(EVENTS, order=order, limit=3, **cursor))
        assert page["as_of_sequence"] == len(whole)
        seen += page["data"]
        admin.deposit("bob", "1")
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == whole
    then = admin.get(EVENTS, order=order, limit=1000, as_of=len(whole))
    assert done(then)["data"] == whole
    by_time = admin.get(EVENTS, order=order, limit=1000, as_of=whole[3]["recorded_at"])
    assert len(done(by_time)["data"]) == whole[3]["sequence"]


@pytest.fixture
def history(service: Served, admin: Api) -> list[Json]:
    """Events of several people, wallets and requests; the org's pool pays for some."""
    org = str(admin.org)
    bea = service.issue(org, "billing", subject="bea")
    for n in range(4):
        bea.headers["X-Request-Id"] = f"r{n}"
        bea.deposit(("ada", "bob")[n % 2], "10")
    admin.deposit("ada", "5", asset="usd")
    done(admin.send(f"/v1/orgs/{org}", {"billing_mode": "shared"}, method="PATCH"))
    for user in ("ada", "bob", "ada"):
        done(admin.use(user, "1"))
    return walk(admin, 100, order="asc", lines="true")


def test_filters_leave_exactly_what_they_say(
    service: Served, admin: Api, history: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spans, "SPAN", 3)  # several questions a page
    keys = {each["actor"]["key_id"] for each in history if each["actor"]["subject"] == "bea"}
    (key,) = keys
    start, end = history[3]["recorded_at"], history[8]["recorded_at"]

    def of(user: str, each: Json) -> bool:
        lines = each["body"].get("lines", [])
        own = each["wallet"] is not None and each["wallet"]["owner"] == user
        return own or any(line["user"] == user for line in lines)

    expected: list[tuple[Json, Any]] = [
        ({"type": "credits.UsageRecorded"}, lambda e: e["type"] == "credits.UsageRecorded"),
        ({"subject": "bea"}, lambda e: e["actor"]["subject"] == "bea"),
        ({"key_id": key}, lambda e: e["actor"]["key_id"] == key),
        ({"request_id": "r2"}, lambda e: e["actor"]["request_id"] == "r2"),
        ({"user": "ada"}, lambda e: of("ada", e)),
        ({"user": "@pool"}, lambda e: of("@pool", e)),
        ({"from_": start, "to": end}, lambda e: start <= e["recorded_at"] < end),
        ({"from_sequence": 3, "to_sequence": 6}, lambda e: 3 <= e["sequence"] <= 6),
        (
            {"subject": "bea", "user": "bob"},
            lambda e: e["actor"]["subject"] == "bea" and of("bob", e),
        ),
        ({"subject": "be"}, lambda e: False),
        ({"user": "credit/ada"}, lambda e: False),
        ({"from_sequence": 6, "to_sequence": 3}, lambda e: False),
        ({"to_sequence": 0}, lambda e: False),
    ]
    for query, passes in expected:
        right = sequences([each for each in history if passes(each)])
        for limit in (2, 100):
            assert sequences(walk(admin, limit, order="asc", **query)) == right, query
            assert sequences(walk(admin, limit, **query)) == right[::-1], query
    assert sequences(walk(admin, 100, user="ada")) != sequences(walk(admin, 100))


def test_a_rare_match_is_found_over_pages_of_bounded_work(
    admin: Api, history: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spans, "SPAN", 1)
    monkeypatch.setattr(spans, "SPANS_MAX", 2)
    page = done(admin.get(EVENTS, type="tenancy.OrgOpened"))
    assert page["data"] == []
    assert page["next_cursor"] is not None
    found = walk(admin, 100, type="tenancy.OrgOpened")
    assert sequences(found) == [1]


BAD: list[tuple[dict[str, str], str, str]] = [
    ({"type": "credits.Nothing"}, "invalid", "type"),
    ({"type": "os:system"}, "invalid", "type"),
    ({"user": "a b"}, "invalid", "user"),
    ({"subject": ""}, "invalid", "subject"),
    ({"subject": "a\0"}, "invalid", "subject"),
    ({"key_id": "x" * 256}, "invalid", "key_id"),
    ({"request_id": "\n"}, "invalid", "request_id"),
    ({"from_": "today"}, "invalid", "from"),
    ({"to": "2026"}, "invalid", "to"),
    ({"from_sequence": "-1"}, "invalid", "from_sequence"),
    ({"to_sequence": "1e3"}, "invalid", "to_sequence"),
    ({"to_sequence": "9" * 19}, "invalid", "to_sequence"),
    ({"order": "sideways"}, "invalid", "order"),
    ({"order": ""}, "invalid", "order"),
    ({"as_of": "999999"}, "invalid", "as_of"),
    ({"as_of": "then"}, "invalid", "as_of"),
    ({"limit": "0"}, "invalid", "limit"),
    ({"limit": "1001"}, "invalid", "limit"),
    ({"cursor": "AAAA"}, "invalid_cursor", "cursor"),
    ({"position": "1"}, "invalid", "position"),
    ({"org": "platform"}, "invalid", "org"),
]


@pytest.mark.parametrize(("query", "code", "field"), BAD)
def test_a_bad_query_is_named(admin: Api, query: dict[str, str], code: str, field: str) -> None:
    problem(admin.get(EVENTS, **query), 422, code, field)


def test_a_cursor_is_of_one_org_order_and_filter(service: Served, admin: Api) -> None:
    cursor = done(admin.get(EVENTS, limit=1, user="ada", order="desc"))["next_cursor"]
    assert cursor is None
    cursor = done(admin.get(EVENTS, limit=1))["next_cursor"]
    done(admin.get(EVENTS, limit=1, cursor=cursor))
    other = service.new_admin()
    refused = [
        other.get(EVENTS, cursor=cursor),
        admin.get(EVENTS, cursor=cursor, order="asc"),
        admin.get(EVENTS, cursor=cursor, user="ada"),
        admin.get(EVENTS, cursor=cursor, as_of="1"),
        admin.get("/v1/billing/transactions", cursor=cursor),
        admin.get(EVENTS, cursor=cursor[:-2]),
    ]
    for answer in refused:
        problem(answer, 422, "invalid_cursor", "cursor")


@pytest.mark.parametrize("sequence", ["0", "-1", "x", "999999", "9" * 30, "1.0", "%00", "٣"])
def test_an_event_that_is_not_there_is_a_problem(admin: Api, sequence: str) -> None:
    problem(admin.get(f"{EVENTS}/{sequence}"), 404, "not_found", "sequence")


def test_an_event_as_of_a_time_before_it_is_not_there(admin: Api) -> None:
    last = admin.deposit("ada", "1")["sequence"]
    assert done(admin.get(f"{EVENTS}/{last}", as_of=last))["sequence"] == last
    problem(admin.get(f"{EVENTS}/{last}", as_of=last - 1), 404, "not_found", "sequence")
    problem(admin.get(f"{EVENTS}/{last}", as_of=last + 1), 422, "invalid", "as_of")


def test_an_org_sees_its_own_events_only(service: Served, admin: Api) -> None:
    other = service.new_admin()
    for _ in range(3):
        mine = admin.deposit("ada", "5")
    theirs = other.deposit("ada", "7")
    assert mine["hash"] in {each["hash"] for each in walk(admin, 2)}
    hashes = {each["hash"] for each in walk(other, 2)}
    assert theirs["hash"] in hashes
    assert mine["hash"] not in hashes
    problem(other.get(f"{EVENTS}/{mine['sequence']}"), 404, "not_found", "sequence")
    as_operator = service.operator_of(str(other.org))
    assert walk(as_operator, 100) == walk(other, 100)
    platform = walk(service.operator_of("platform"), 1000)
    assert platform[-1]["sequence"] == 1
    problem(service.operator.get(EVENTS), 400, "missing_input", "X-Org")


@pytest.mark.parametrize("role", ["billing", "gateway", "member"])
def test_who_is_no_auditor_sees_no_trail(service: Served, admin: Api, role: str) -> None:
    caller = service.issue(str(admin.org), role, subject="mia")
    problem(caller.get(EVENTS), 403, "forbidden", None)
    problem(caller.get(f"{EVENTS}/1"), 403, "forbidden", None)
    problem(caller.get(EVENTS, user="mia"), 403, "forbidden", None)
