"""Lists: stable pages, filters, and waiting for the read model."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from api.container import Endpoints
from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done, read_models_of, served

TRANSACTIONS = "/v1/billing/transactions"


@pytest.fixture
def six(admin: Api) -> list[Json]:
    """Six transactions of two users, oldest first, in the read model."""
    made = []
    for turn in range(3):
        made.append(admin.deposit("ada", str(turn + 10)))
        made.append(done(admin.use("bob", "1", metadata={"turn": str(turn)})))
    done(admin.get(TRANSACTIONS, min_sequence=made[-1]["sequence"]))
    return made


def test_a_list_is_newest_first_and_equal_to_the_answers(admin: Api, six: list[Json]) -> None:
    listed = done(admin.get(TRANSACTIONS))
    assert listed["data"] == six[::-1]
    assert listed["next_cursor"] is None
    assert listed["as_of_sequence"] >= six[-1]["sequence"]


def test_pages_are_whole_and_do_not_move_when_more_is_recorded(admin: Api, six: list[Json]) -> None:
    seen: list[Json] = []
    cursor: dict[str, str] = {}
    for turn in range(3):
        page = done(admin.get(TRANSACTIONS, limit=2, **cursor))
        seen += page["data"]
        new = admin.deposit("ada", "1")
        done(admin.get(TRANSACTIONS, min_sequence=new["sequence"]))
        assert (page["next_cursor"] is None) == (turn == 2)
        cursor = {"cursor": page["next_cursor"]}
    assert seen == six[::-1]


def test_pages_cut_through_the_lines_of_one_event(admin: Api) -> None:
    items = [{"id": str(n), "user": f"u{n % 2}", "amount": 1} for n in range(10)]
    batch = {"mode": "atomic", "items": items}
    results = done(admin.send("/v1/billing/usage/batch", batch))["results"]
    made = [each["transaction"] for each in results]
    last = max(each["sequence"] for each in made)
    seen: list[Json] = []
    page = done(admin.get(TRANSACTIONS, limit=3, min_sequence=last))
    while True:
        seen += page["data"]
        if page["next_cursor"] is None:
            break
        page = done(admin.get(TRANSACTIONS, limit=3, cursor=page["next_cursor"]))
    assert sorted(each["id"] for each in seen) == sorted(each["id"] for each in made)


def test_a_list_is_narrowed_by_user_category_and_time(admin: Api, six: list[Json]) -> None:
    by_user = done(admin.get(TRANSACTIONS, user="bob"))["data"]
    assert by_user == [six[5], six[3], six[1]]
    assert done(admin.get(TRANSACTIONS, category="deposit"))["data"] == [six[4], six[2], six[0]]
    assert done(admin.get(TRANSACTIONS, user="bob", category="deposit"))["data"] == []
    period = {"from_": six[1]["recorded_at"], "to": six[3]["recorded_at"]}
    assert done(admin.get(TRANSACTIONS, **period))["data"] == [six[2], six[1]]


def test_what_the_pool_paid_for_a_user_is_listed_under_both(service: Served) -> None:
    admin = service.new_admin(billing_mode="shared")
    deposit = done(admin.send("/v1/billing/deposits", {"amount": 9}))
    use = done(admin.use("ada", "1"))
    query = {"min_sequence": use["sequence"]}
    assert done(admin.get(TRANSACTIONS, user="ada", **query))["data"] == [use]
    assert done(admin.get(TRANSACTIONS, user="@pool", **query))["data"] == [use, deposit]


@pytest.mark.reaches("invalid_cursor")
def test_a_cursor_of_another_list_org_or_filter_is_refused(
    service: Served, admin: Api, six: list[Json]
) -> None:
    cursor = done(admin.get(TRANSACTIONS, limit=1))["next_cursor"]
    done(admin.get(TRANSACTIONS, limit=1, cursor=cursor))
    other = service.new_admin()
    forged = ("A" if cursor[-1] != "A" else "B") + cursor[1:]
    refused = [
        other.get(TRANSACTIONS, cursor=cursor),
        admin.get(TRANSACTIONS, cursor=cursor, user="ada"),
        admin.get("/v1/billing/rate-cards", cursor=cursor),
        admin.get(f"/v1/orgs/{admin.org}/api-keys", cursor=cursor),
        admin.get(TRANSACTIONS, cursor=forged),
        admin.get(TRANSACTIONS, cursor=cursor[:-2]),
    ]
    for answer in refused:
        problem(answer, 422, "invalid_cursor", "cursor")


def test_keys_and_orgs_are_paged_too(service: Served, admin: Api) -> None:
    for _ in range(4):
        service.issue(str(admin.org), "gateway")
    for path, caller in ((f"/v1/orgs/{admin.org}/api-keys", admin), ("/v1/orgs", service.operator)):
        whole = done(caller.get(path, limit=1000))["data"]
        seen: list[Json] = []
        cursor: dict[str, str] = {}
        while True:
            page = done(caller.get(path, limit=2, **cursor))
            seen += page["data"]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == whole


def test_the_analysts_sums_equal_the_ledger(admin: Api) -> None:
    uses = [
        ("ada", "m1", "chat", "0.000001", 10, "2026-02-01T00:00:00Z"),
        ("ada", "m2", "chat", "2", 20, "2026-02-01T23:59:59.999999Z"),
        ("bob", "m1", None, "3", 30, "2026-02-28T12:00:00Z"),
        ("bob", "m1", "chat", "5", 50, "2026-03-01T00:00:00Z"),
        ("bob", "m1", "chat", "7", 70, "2026-01-31T23:59:59.999999Z"),
    ]
    for user, model, service, amount, tokens, at in uses:
        more = {"model": model, "service": service, "input_tokens": tokens, "occurred_at": at}
        last = done(admin.use(user, amount, quantities={"images": 1}, **more))
    february = {"period": "2026-02", "min_sequence": last["sequence"]}
    (whole,) = done(admin.get("/v1/billing/usage", **february))["data"]
    assert whole == {
        "lines": 3,
        "late_lines": 3,
        "amount": "5.000001",
        "amount_usd": "0.005000001",
        "debt": "5.000001",
        "input_tokens": 60,
        "cached_tokens": 0,
        "cache_write_tokens": 0,
        "output_tokens": 0,
        "quantities": {"images": 3},
    }
    grouped = done(
        admin.get(
            "/v1/billing/usage", granularity="daily", group_by="model,service,user", **february
        )
    )["data"]
    names = ("day", "model", "service", "user", "amount")
    assert [tuple(each[name] for name in names) for each in grouped] == [
        ("2026-02-01", "m1", "chat", "ada", "0.000001"),
        ("2026-02-01", "m2", "chat", "ada", "2"),
        ("2026-02-28", "m1", None, "bob", "3"),
    ]
    page = done(admin.get("/v1/billing/usage", group_by="model", limit=1, **february))
    assert [each["model"] for each in page["data"]] == ["m1"]
    cursor = page["next_cursor"]
    page = done(admin.get("/v1/billing/usage", period="2026-02", group_by="model", cursor=cursor))
    assert [each["model"] for each in page["data"]] == ["m2"]
    (bobs,) = done(admin.get("/v1/billing/usage", user="bob", **february))["data"]
    assert bobs["amount"] == "3"
    first, *_ = done(admin.get("/v1/billing/usage", group_by="user,model", **february))["data"]
    assert list(first)[:3] == ["user", "model", "lines"], "in the order asked for"


def test_a_list_has_what_was_written_before_it_was_asked(admin: Api) -> None:
    for n in range(1, 4):
        sequence = done(admin.use("ada", str(n)))["sequence"]
        page = done(admin.get(TRANSACTIONS))
        assert len(page["data"]) == n
        assert page["as_of_sequence"] == sequence
        (sums,) = done(admin.get("/v1/billing/usage", period=this_month()))["data"]
        assert sums["lines"] == n
        assert (
            done(admin.get("/v1/billing/statement", user="ada", period=this_month()))[
                "transactions"
            ]
            == n
        )


def test_a_list_waits_a_moment_for_read_models_that_are_only_starting(
    new_endpoints: Callable[[], Endpoints],
) -> None:
    ends = new_endpoints()
    with served(ends, read_models=False) as service, ThreadPoolExecutor() as pool:
        admin = service.new_admin()
        admin.deposit("ada", "1")
        asked = pool.submit(admin.get, TRANSACTIONS)
        with read_models_of(ends):
            assert len(done(asked.result())["data"]) == 1


def test_a_report_before_the_first_line_is_an_empty_list(
    new_endpoints: Callable[[], Endpoints],
) -> None:
    ends = new_endpoints()
    never_made = Endpoints(ends.database, f"{ends.clickhouse_url}_never_made")
    with served(never_made, read_models=False) as service:
        report = done(service.new_admin().get("/v1/billing/usage", period=this_month()))
        assert (report["data"], report["next_cursor"]) == ([], None)


def this_month() -> str:
    return datetime.now(UTC).strftime("%Y-%m")


def test_a_cursor_is_taken_however_long_the_texts_it_stands_at(admin: Api) -> None:
    labels = dict.fromkeys(("model", "service", "project", "provider"), "\U0010ffff" * 255)
    for number in range(2):
        labels["model"] = f"{number}" + labels["model"][1:]
        seen = done(admin.use("u" * 255, "1", **labels))["sequence"]
    query = {"group_by": "model,service,project,provider,user", "granularity": "daily", "limit": 1}
    query |= {"period": this_month(), "min_sequence": seen}
    first = done(admin.get("/v1/billing/usage", **query))
    last = done(admin.get("/v1/billing/usage", cursor=first["next_cursor"], **query))
    assert [page["data"][0]["model"][0] for page in (first, last)] == ["0", "1"]
    assert last["next_cursor"] is None


@pytest.mark.reaches("read_model_behind")
def test_a_list_that_cannot_catch_up_says_so_after_five_seconds(
    new_endpoints: Callable[[], Endpoints],
) -> None:
    with served(new_endpoints(), read_models=False) as service:
        admin = service.new_admin()
        sequence = admin.deposit("ada", "1")["sequence"]
        assert done(admin.get(TRANSACTIONS))["data"] == []
        started = time.monotonic()
        answer = admin.get(TRANSACTIONS, min_sequence=sequence)
        assert 4.5 < time.monotonic() - started < 8
        facts = problem(answer, 503, "read_model_behind", "min_sequence")
        assert facts["as_of_sequence"] == 0
        assert answer.headers["Retry-After"]


def test_one_transaction_is_the_same_before_and_after_it_is_listed(admin: Api) -> None:
    admin.deposit("ada", "10")
    items = [{"id": f"l{n}", "user": "ada", "amount": "0.5"} for n in range(3)]
    sent = {"mode": "atomic", "items": items}
    results = done(admin.send("/v1/billing/usage/batch", sent, key=None))["results"]
    answered = [each["transaction"] for each in results]
    paths = [f"/v1/billing/transactions/{each['id']}" for each in answered]
    recorded = [done(admin.get(path)) for path in paths]
    seen = answered[-1]["sequence"]
    listed = done(admin.get("/v1/billing/transactions", category="usage", min_sequence=seen))
    assert recorded == answered
    assert [done(admin.get(path)) for path in paths] == listed["data"][::-1] == answered
    problem(admin.get(f"/v1/billing/transactions/{seen}-3"), 404, "not_found", "id")
